use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use carnet_shared::{Delivery, ErrorCode, LoginRequest};

use crate::app::App;
use crate::audit::{Event, RefusalEvent};
use crate::begin::{Api, Beginning, begin_session};
use crate::error::ApiError;
use crate::issued::Issued;
use crate::limits::{Paid, Subject};
use crate::passwords::Verdict;
use crate::request::{
    Caller, Cookies, DeviceCookie, JsonFields, RoomForPassword, require_same_origin,
};
use crate::store::Credentials;

/// The client that signs in or registers.
#[derive(Debug)]
pub(crate) struct Client<'a> {
    /// By its network.
    pub(crate) caller: &'a Caller,
    /// The session that the browser has already.
    pub(crate) cookies: &'a Cookies,
    /// What the browser is known by.
    pub(crate) device: &'a DeviceCookie,
    /// Whose endpoints it uses.
    pub(crate) api: Api,
}

/// POST `/api/auth/login`: signs in.
pub(crate) async fn login(
    State(app): State<Arc<App>>,
    room: RoomForPassword,
    caller: Caller,
    cookies: Cookies,
    device: DeviceCookie,
    headers: HeaderMap,
    JsonFields(fields): JsonFields,
) -> Result<Issued, ApiError> {
    let request = LoginRequest::parse(fields)?;
    if request.delivery == Some(Delivery::Cookie) {
        require_same_origin(&headers, &app)?;
    }
    let client = Client { caller: &caller, cookies: &cookies, device: &device, api: Api::Carnet };
    sign_in(&app, &room, &client, request).await
}

/// Signs in, for the JSON API, the plain form and simplejwt's endpoint alike. An unknown account, a
/// disabled one and a wrong password get the same answer after the same work.
pub(crate) async fn sign_in(
    app: &Arc<App>,
    room: &RoomForPassword,
    client: &Client<'_>,
    request: LoginRequest,
) -> Result<Issued, ApiError> {
    let audience = app.audience(request.resource.as_deref())?;
    // Before the attempt is counted: one that is turned away was not looked at.
    let place = app.passwords.place(room)?;
    let (credentials, paid) = find_account(app, client, &request.login).await?;
    // The hash of a disabled account is not looked at, so that a refusal is always the same work.
    let usable = credentials.as_ref().filter(|credentials| !credentials.disabled);
    let hash = usable.map(|credentials| &credentials.password_hash);
    let verdict = app.passwords.check(place, &request.password, hash).await?;
    let Some(credentials) = usable.filter(|_| verdict != Verdict::Wrong) else {
        let user_id = credentials.as_ref().map(|credentials| credentials.user_id.as_str());
        app.count(&Event::refused(RefusalEvent::LoginFailed, user_id, client.caller.anonymous()));
        return Err(ErrorCode::InvalidCredentials.into());
    };
    app.limits.password_was_right(paid, app.clock.monotonic_millis());
    if verdict == Verdict::RightButOutdated {
        renew_hash(app, room, credentials, &request).await;
    }
    let beginning = Beginning {
        user_id: &credentials.user_id,
        user_epoch: credentials.epoch,
        api: client.api,
        delivery: request.delivery,
        remember: request.remember,
        audience,
        origin: client.caller.as_user(&credentials.user_id),
        cookies: client.cookies,
        by: "password",
    };
    let issued = begin_session(app, beginning).await?;
    Ok(remember_device(app, client, &credentials.user_id, issued))
}

/// Lets a browser be known by the account that has signed in on it.
pub(crate) fn remember_device(
    app: &App,
    client: &Client<'_>,
    user_id: &str,
    mut issued: Issued,
) -> Issued {
    if issued.cookie.is_some() {
        issued.device_cookie = Some(client.device.remember(app, user_id));
    }
    issued
}

/// Finds the account and counts the attempt: first by network, which costs a flood nothing, and after
/// the query by account, so that all of its names share one bucket. A name that nobody has is counted
/// in the same way.
async fn find_account(
    app: &App,
    client: &Client<'_>,
    login: &str,
) -> Result<(Option<Credentials>, Paid), ApiError> {
    let address = client.caller.address;
    let by_network = app.limits.sign_in(address, app.clock.monotonic_millis());
    let by_network = if client.device.is_genuine() {
        // Decided below: an owner whose neighbour has used up their network's sign-ins comes in on a
        // known device.
        by_network
    } else {
        Ok(app.admit(client.caller, None, "login", by_network)?)
    };
    let credentials = app.store.credentials(login).await?;
    let now = app.clock.monotonic_millis();
    let (account, device) = match &credentials {
        Some(Credentials { user_id, .. }) => {
            (Subject::account(user_id), client.device.device_of(user_id, &app.keys.ring()))
        }
        None => (Subject::no_account(login), None),
    };
    let by_network = match (by_network, device) {
        (Err(_), Some(_)) => app.limits.known_sign_in(account, now),
        (by_network, _) => by_network,
    };
    let paid = by_network.and_then(|()| app.limits.password(account, address, device, now));
    let user_id = credentials.as_ref().map(|credentials| credentials.user_id.as_str());
    let paid = app.admit(client.caller, user_id, "login", paid)?;
    Ok((credentials, paid))
}

/// Brings a hash to the cost that the settings ask for. Its failure must not keep anybody out.
async fn renew_hash(
    app: &App,
    room: &RoomForPassword,
    credentials: &Credentials,
    request: &LoginRequest,
) {
    let hashed = match app.passwords.place(room) {
        Ok(place) => app.passwords.hash_again(place, &request.password).await,
        Err(busy) => Err(busy),
    };
    match hashed {
        Ok(hash) => {
            if let Err(error) = app.store.replace_hash(credentials, &hash).await {
                tracing::warn!(%error, "a password hash was not renewed");
            }
        }
        Err(error) => tracing::warn!(%error, "a password hash was not renewed"),
    }
}

#[cfg(test)]
mod tests;
