use std::cell::{Cell, Ref, RefCell, RefMut};
use std::rc::Rc;

use carnet_client::AuthState;
use carnet_client::edges::{HttpRequest, Method};
use carnet_shared::{Secret, paths};
use serde_json::{Value, json};

use super::deployment::Deployment;
use super::{RefreshToken, exchange};
use crate::audit::{Audit, Exchange};
use crate::backend::{Backend, CookieChange, Cookies, Reply};
use crate::{PASSWORD, World};

/// The real server in one history, with somebody who watches every exchange.
pub struct Server {
    deployment: Rc<Deployment>,
    world: World,
    username: String,
    audit: RefCell<Audit>,
    /// The database will lose the write of the next refresh, so many milliseconds after it.
    loses_next: Cell<Option<i64>>,
    this: std::rc::Weak<Self>,
}

/// A write that will be lost.
struct ToLose {
    session: String,
    /// The generation before it.
    generation: u32,
    /// How long after it.
    after: i64,
}

impl Server {
    /// The server in the history of a seed. There is one account, and nobody is signed in.
    pub fn new(deployment: &Rc<Deployment>, world: &World, seed: u64) -> Rc<Self> {
        deployment.begin(seed);
        let server = Rc::new_cyclic(|this| Self {
            deployment: Rc::clone(deployment),
            world: world.clone(),
            username: deployment.new_username(),
            audit: RefCell::default(),
            loses_next: Cell::new(None),
            this: this.clone(),
        });
        server.register();
        server
    }

    fn register(&self) {
        let body = json!({
            "email": format!("{}@example.org", self.username),
            "username": self.username,
            "password": PASSWORD,
        });
        let reply = self.answer(&post(paths::REGISTER, &body), &Cookies::default());
        assert_eq!(reply.status, 201, "{}", reply.body);
    }

    /// The account's name.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// What was seen so far.
    pub fn audit(&self) -> Ref<'_, Audit> {
        self.audit.borrow()
    }

    /// The same, to write into.
    pub fn audit_mut(&self) -> RefMut<'_, Audit> {
        self.audit.borrow_mut()
    }

    /// The server's process ends and another begins.
    pub fn restart(&self) {
        self.deployment.set_time(self.world.now());
        self.deployment.restart();
    }

    /// The database loses the write of the next refresh, so many milliseconds after it, unless the
    /// session was written to again by then.
    pub fn lose_next_write_after(&self, milliseconds: i64) {
        self.loses_next.set(Some(milliseconds));
    }

    /// The database keeps what it has from now on.
    pub fn keep_every_write(&self) {
        self.loses_next.set(None);
    }

    /// Sends a refresh by hand, with these cookies.
    pub fn present(&self, token: &str, attempt: Option<&str>, previous: Option<&str>) -> Reply {
        let mut body = json!({});
        for (name, value) in [("attempt", attempt), ("previous", previous)] {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        let cookies = Cookies { session: Some(token.to_owned()), mark: None };
        self.answer(&post(paths::REFRESH, &body), &cookies)
    }

    /// Reads the account with an access token.
    pub fn status_of(&self, access_token: &str) -> u16 {
        let request = HttpRequest {
            method: Method::Get,
            url: paths::ME.to_owned(),
            bearer: Some(Secret::new(access_token)),
            body: None,
            cookies: false,
        };
        self.answer(&request, &Cookies::default()).status
    }

    /// Whether this is the password now. Nobody sees the asking.
    pub fn takes_password(&self, password: &str) -> bool {
        let body = json!({ "login": self.username, "password": password, "delivery": "body" });
        let reply = self.unseen(&post(paths::LOGIN, &body));
        let answer: Value = serde_json::from_str(&reply.body).unwrap_or_default();
        if let Some(token) = answer.get("refresh_token") {
            self.unseen(&post(paths::LOGOUT, &json!({ "refresh_token": token })));
        }
        reply.status == 200
    }

    fn unseen(&self, request: &HttpRequest) -> Reply {
        self.deployment.set_time(self.world.now());
        let router = self.deployment.router();
        self.deployment.block_on(exchange::send(router, request, &Cookies::default()))
    }

    /// Copies the session before a refresh whose write is to be lost.
    fn prepare_to_lose(&self, request: &HttpRequest, cookies: &Cookies) -> Option<ToLose> {
        let token = RefreshToken::read(cookies.session.as_deref()?)?;
        // A second write lost before the first was made good is more than anybody claims to survive.
        let is_sound = !self.audit().has_lost_a_write(&token.session);
        let is_refresh = is_sound && request.url == paths::REFRESH;
        let after = is_refresh.then(|| self.loses_next.take()).flatten()?;
        self.deployment.copy_session(&token.session);
        let generation = self.audit().sessions().get(&token.session)?.current();
        Some(ToLose { session: token.session, generation, after })
    }

    fn lose_later(&self, to_lose: ToLose) {
        let ToLose { session, generation, after } = to_lose;
        let writes = self.audit().writes();
        let this = self.this.clone();
        self.world.surely_after(after, move || {
            let Some(server) = this.upgrade() else { return };
            if server.audit().writes() == writes {
                server.deployment.lose_what_came_after();
                let now = server.world.now();
                server.audit_mut().lost_a_write(&session, generation, now);
            }
        });
    }
}

impl Backend for Server {
    fn answer(&self, request: &HttpRequest, cookies: &Cookies) -> Reply {
        let now = self.world.now();
        self.deployment.set_time(now);
        let to_lose = self.prepare_to_lose(request, cookies);
        let router = self.deployment.router();
        let reply = self.deployment.block_on(exchange::send(router, request, cookies));
        let exchange = Exchange { now, request, cookies, reply: &reply };
        self.audit.borrow_mut().see(&exchange);
        if let Some(to_lose) = to_lose.filter(|_| reply.status == 200) {
            self.lose_later(to_lose);
        }
        reply
    }

    fn page(&self, cookies: &Cookies) -> (AuthState, CookieChange) {
        let now = self.world.now();
        self.deployment.set_time(now);
        let router = self.deployment.router();
        let (state, change) = self.deployment.block_on(exchange::page(router, cookies));
        self.audit.borrow_mut().see_page(now, cookies, &state);
        (state, change)
    }
}

/// A request with a body, as a page's script sends it.
pub(crate) fn post(path: &str, body: &serde_json::Value) -> HttpRequest {
    HttpRequest {
        method: Method::Post,
        url: path.to_owned(),
        bearer: None,
        body: Some(Secret::new(body.to_string())),
        cookies: true,
    }
}
