use carnet_shared::{Problem, Secret};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::AuthError;
use crate::edges::{HttpAnswer, Unreachable};

/// Writes a body.
pub(super) fn body_of(value: &impl Serialize) -> Option<Secret> {
    // Wire types have string keys only, and that is all that can fail.
    serde_json::to_string(value).ok().map(Secret::new)
}

/// Reads an answer, whatever it is.
pub(super) fn read<T: DeserializeOwned>(
    answer: Result<HttpAnswer, Unreachable>,
) -> Result<T, AuthError> {
    let body = success(answer)?;
    // An answer without content is read as null.
    let text = if body.expose().is_empty() { "null" } else { body.expose() };
    serde_json::from_str(text).map_err(|_| AuthError::Unreadable)
}

fn success(answer: Result<HttpAnswer, Unreachable>) -> Result<Secret, AuthError> {
    let answer = answer?;
    if (200..300).contains(&answer.status) {
        return Ok(answer.body);
    }
    // A proxy's page, even with a status that Carnet uses, says nothing about the session.
    let problem: Problem =
        serde_json::from_str(answer.body.expose()).map_err(|_| AuthError::Unreadable)?;
    Err(match answer.retry_after {
        Some(seconds) => AuthError::RetryAfter { problem, seconds },
        None => AuthError::Problem(problem),
    })
}
