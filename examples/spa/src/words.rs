use carnet_leptos::AuthError;
use carnet_shared::ErrorCode;

/// Why nobody was signed in.
pub(crate) fn of_sign_in(error: &AuthError, carnet: &str) -> String {
    match error.code() {
        Some(ErrorCode::InvalidCredentials) => "The username or the password is wrong.".to_owned(),
        _ => of_carnet(error, carnet),
    }
}

/// What kept Carnet from answering.
pub(crate) fn of_carnet(error: &AuthError, carnet: &str) -> String {
    match error {
        // A browser does not tell scripts which of the two it is.
        AuthError::Offline => format!(
            "There is no answer from {carnet}. Either it cannot be reached, or its setting \
             server.allowed_origins does not name the origin of this page."
        ),
        other => other.to_string(),
    }
}
