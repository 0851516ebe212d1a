use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::{Engine, engine::general_purpose::STANDARD};
use carnet_shared::{ErrorCode, Secret, TokenRequest};
use serde_json::{Value, json};

use crate::app::App;
use crate::audit::{Event, RefusalEvent};
use crate::error::ApiError;
use crate::request::{Caller, FormOrJsonFields, NoForeignForm, decode};
use crate::tokens::{RefreshToken, is_same_secret};

/// POST `/api/auth/introspect` (RFC 7662): what a token is worth now, its session and account
/// included, for whoever holds the secret of the settings; without such a secret there is nothing
/// here.
pub(crate) async fn introspect(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    _: NoForeignForm,
    FormOrJsonFields(fields): FormOrJsonFields,
) -> Result<Json<Value>, ApiError> {
    let Some(secret) = &app.settings.tokens.introspection_secret else {
        return Err(ErrorCode::NotFound.into());
    };
    let request = TokenRequest::parse(fields)?;
    let presented = match readings_of_header(&headers) {
        readings if readings.is_empty() => request.client_secret.into_iter().collect(),
        readings => readings,
    };
    require_client(&app, &caller, secret, &presented)?;
    let token = request.token.expose();
    if let Some(token) = RefreshToken::read(token, &app.keys).await? {
        return Ok(Json(of_refresh_token(&app, &token).await?));
    }
    Ok(Json(match app.verify_for_any(token).await {
        Ok(claims) => {
            let mut answer = json!({"active": true, "token_type": "Bearer"});
            merge(&mut answer, serde_json::to_value(&*claims).unwrap_or_default());
            answer
        }
        Err(error) if error.code().status() >= 500 => return Err(error),
        Err(_) => inactive(),
    }))
}

/// A wrong secret is counted after it was compared, so that nobody can keep the right one out.
fn require_client(
    app: &App,
    caller: &Caller,
    secret: &Secret,
    presented: &[Secret],
) -> Result<(), ApiError> {
    if presented.is_empty() {
        return Err(ErrorCode::InvalidClient.into());
    }
    // Each is compared, so that the time says nothing about which of them it was.
    if !presented.iter().fold(false, |found, one| is_same_secret(secret, one) | found) {
        let limited = app.limits.wrong_client(caller.address, app.clock.monotonic_millis());
        app.admit(caller, None, "introspection", limited)?;
        app.count(&Event::refused(RefusalEvent::IntrospectionRefused, None, caller.anonymous()));
        return Err(ErrorCode::InvalidClient.into());
    }
    Ok(())
}

/// What the password of HTTP Basic can mean. RFC 6749 §2.3.1 has the client encode it as in a form;
/// curl and many others send it as it is. Which client asks makes no difference.
fn readings_of_header(headers: &HeaderMap) -> Vec<Secret> {
    let Some(password) = basic_password(headers) else { return Vec::new() };
    let decoded = decode(&password).ok();
    let raw = String::from_utf8(password).ok();
    raw.into_iter().chain(decoded).map(Secret::new).collect()
}

fn basic_password(headers: &HeaderMap) -> Option<Vec<u8>> {
    let value = headers.get(AUTHORIZATION)?.as_bytes();
    let space = value.iter().position(|byte| *byte == b' ')?;
    let (scheme, credentials) = value.split_at(space);
    if !scheme.eq_ignore_ascii_case(b"basic") {
        return None;
    }
    let decoded = STANDARD.decode(credentials.trim_ascii()).ok()?;
    let colon = decoded.iter().position(|byte| *byte == b':')?;
    Some(decoded[colon + 1..].to_owned())
}

/// Only the current generation of a living session is worth anything by itself.
async fn of_refresh_token(app: &App, token: &RefreshToken) -> Result<Value, ApiError> {
    let (id, now) = (token.session_id.to_string(), app.clock.now());
    let row = app.store.session_row(&id).await?;
    let is_current = row.is_some_and(|row| {
        row.generation == i64::from(token.generation) && row.secret_hash == token.secret_hash()
    });
    let session = app.store.session_now(&id, now).await?.filter(|_| is_current);
    Ok(session.map_or_else(inactive, |session| {
        json!({
            "active": true,
            "token_type": "refresh_token",
            "iss": app.settings.tokens.issuer,
            "sub": session.user.id,
            "username": session.user.username,
            "sid": session.session_id,
            "exp": session.idle_expires_at.min(session.expires_at),
            "auth_time": session.authenticated_at,
        })
    }))
}

/// RFC 7662 §2.2: nothing more is said of a token that is worth nothing.
fn inactive() -> Value {
    json!({"active": false})
}

fn merge(answer: &mut Value, more: Value) {
    if let (Some(answer), Value::Object(more)) = (answer.as_object_mut(), more) {
        for (name, value) in more {
            answer.entry(name).or_insert(value);
        }
    }
}
