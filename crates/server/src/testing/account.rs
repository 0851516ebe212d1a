use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use carnet_shared::{Delivery, DisplayName, Email, LoginRequest, Secret, User, Username};
use serde_json::{Map, Value};

use super::SignedIn;
use crate::app::App;
use crate::audit::{AccountEvent, Event};
use crate::begin::Api;
use crate::request::{Caller, Cookies, DeviceCookie, RoomForPassword};
use crate::routes::login::{Client, sign_in};
use crate::routes::register::FIRST_ROLE;
use crate::store::NewUser;

/// The password of everybody whom [`TestAccount`] makes.
pub const PASSWORD: &str = "the kettle is on again";

/// What the sessions of tests call their device.
const DEVICE: &str = "carnet_server::testing";

/// An account that a test asks for: made if there is none, and given what it lacks.
///
/// ```
/// # use carnet_server::testing::TestCarnet;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let carnet = TestCarnet::start().await;
/// let grace = carnet.account("grace").role("bookkeeper").attribute("plan", "gold");
/// let grace = grace.signed_in().await;
/// assert!(grace.user().has_role("bookkeeper"));
/// # }
/// ```
#[derive(Debug)]
#[must_use]
pub struct TestAccount<'a> {
    app: &'a Arc<App>,
    username: String,
    name: Option<String>,
    roles: Vec<String>,
    attributes: Map<String, Value>,
}

impl<'a> TestAccount<'a> {
    pub(super) fn new(app: &'a Arc<App>, username: &str) -> Self {
        let (username, roles) = (username.to_owned(), Vec::new());
        Self { app, username, name: None, roles, attributes: Map::new() }
    }

    /// Gives a role, besides `user` and those that the account has.
    pub fn role(mut self, role: &str) -> Self {
        self.roles.push(role.to_owned());
        self
    }

    /// What to call the person.
    pub fn name(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// Sets an attribute.
    pub fn attribute(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.attributes.insert(name.to_owned(), value.into());
        self
    }

    /// Makes the account, signed in nowhere, or changes the one that is there. Access tokens that say
    /// otherwise are outdated from then on, as after `carnet user role`.
    ///
    /// # Panics
    /// When the username or the name is not of the right form.
    pub async fn made(self) -> User {
        let app = self.app;
        let row = app.store.user_by_login(&self.username).await.expect("the database answers");
        let before = match row {
            Some(row) => row.user().expect("the database holds accounts"),
            None => make(app, &self.username).await,
        };
        let mut user = before.clone();
        for role in self.roles {
            if !user.has_role(&role) {
                user.roles.push(role);
            }
        }
        user.attributes.extend(self.attributes);
        if let Some(name) = self.name {
            let name = DisplayName::parse(&name);
            name.expect("a name is of the right form").as_str().clone_into(&mut user.name);
        }
        if user != before {
            app.store.update_user(&user).await.expect("an account can be changed");
            app.read_changes().await.expect("the database answers");
        }
        user
    }

    /// Makes the account or changes the one that is there, and signs it in by its password, in a new
    /// session whose refresh token is a cookie.
    ///
    /// # Panics
    /// As [`made`](Self::made), and when the sign-in is refused: the account may be disabled, or have
    /// another password than [`PASSWORD`].
    pub async fn signed_in(self) -> SignedIn {
        let app = self.app;
        let user = self.made().await;
        let (caller, cookies, device) = (caller(app), Cookies::none(), DeviceCookie::none());
        let client =
            Client { caller: &caller, cookies: &cookies, device: &device, api: Api::Carnet };
        let request = LoginRequest {
            login: user.username.clone(),
            password: Secret::new(PASSWORD),
            remember: None,
            delivery: Some(Delivery::Cookie),
            resource: None,
        };
        match sign_in(app, &RoomForPassword::for_command(), &client, request).await {
            Ok(issued) => SignedIn::of(issued),
            Err(error) => panic!("{} cannot sign in: {error}", user.username),
        }
    }
}

/// Makes an account as a registration does, whether or not the settings let people register.
async fn make(app: &App, username: &str) -> User {
    let valid = "a username has 3 to 32 letters, digits, dots, dashes and underscores";
    let username = Username::parse(username).expect(valid);
    let place = app.passwords.place(&RoomForPassword::for_command()).expect("nobody else waits");
    let hash = app.passwords.hash_again(place, &Secret::new(PASSWORD)).await;
    let user = NewUser {
        id: app.new_id(),
        email: Email::parse(&format!("{}@example.org", username.as_str())).expect(valid),
        username,
        name: DisplayName::default(),
        roles: vec![FIRST_ROLE.to_owned()],
        password_hash: hash.expect("a password can be hashed"),
        created_at: app.clock.now(),
    };
    app.store.add_user(&user).await.expect("username and e-mail address are nobody else's");
    let (caller, kind) = (caller(app), AccountEvent::AccountCreated);
    app.record(Event::of_account(kind, &user.id, caller.as_user(&user.id))).await;
    let made = app.store.user(&user.id).await.expect("the database answers");
    made.expect("it was just made").user().expect("the database holds accounts")
}

fn caller(app: &App) -> Caller {
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    Caller {
        address,
        address_text: address.to_string(),
        user_agent: DEVICE.to_owned(),
        request_id: app.new_uuid(),
    }
}
