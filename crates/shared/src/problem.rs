use serde::{Deserialize, Serialize};

use crate::FieldError;

/// The media type of every error (RFC 9457 §3).
pub const PROBLEM_CONTENT_TYPE: &str = "application/problem+json";

macro_rules! error_codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $code:literal, $status:literal, $signs_out:literal, $title:literal;)+) => {
        /// Why a request was refused: the closed list that clients match on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ #[serde(rename = $code)] $variant,)+
        }

        impl ErrorCode {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The code as it is written.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The HTTP status that goes with it.
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }

            /// Whether a client that meets this code in the answer to a refresh is signed out. Any
            /// other failure keeps the session.
            pub fn signs_out(self) -> bool {
                match self { $(Self::$variant => $signs_out,)+ }
            }

            /// One short sentence for people who read answers by hand.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }
        }
    };
}

error_codes! {
    /// The body is not one JSON object without repeated keys, or the request is not HTTP as it should be.
    MalformedRequest = "malformed_request", 400, false, "The request could not be read.";
    /// The body was read, but one or more fields will not do; `errors` says which and why.
    InvalidFields = "invalid_fields", 422, false, "Some fields need another look.";
    /// Another account has this e-mail address or username; `errors` says which.
    Taken = "taken", 409, false, "Somebody else has that already.";
    /// No access token came with the request.
    MissingToken = "missing_token", 401, false, "Sign in to do this.";
    /// The access token is expired, forged, for somebody else, or no access token at all.
    InvalidToken = "invalid_token", 401, false, "The access token is not valid.";
    /// The account changed since the access token was issued; a refresh brings a true one.
    TokenOutdated = "token_outdated", 401, false, "The access token no longer matches the account.";
    /// Unknown account or wrong password, which of the two is not said.
    InvalidCredentials = "invalid_credentials", 401, false, "The username or the password is wrong.";
    /// Whoever asks what a token is worth did not prove to be allowed to.
    InvalidClient = "invalid_client", 401, false, "The client secret is missing or wrong.";
    /// No refresh token came with the request.
    MissingRefreshToken = "missing_refresh_token", 401, true, "There is nothing to refresh.";
    /// The refresh token is not one of ours.
    InvalidRefreshToken = "invalid_refresh_token", 401, true, "The refresh token is not valid.";
    /// The session was signed out, here or from another device.
    SessionEnded = "session_ended", 401, true, "The session has ended.";
    /// The session was not used for too long, or is too old.
    SessionExpired = "session_expired", 401, true, "The session has expired.";
    /// An old copy of the session's refresh token was used: the session was ended to be safe.
    SessionReused = "session_reused", 401, true, "The session was ended because an old copy of it was used.";
    /// The password was changed elsewhere.
    PasswordChanged = "password_changed", 401, true, "The password was changed.";
    /// The account was disabled or deleted.
    AccountDisabled = "account_disabled", 401, true, "The account is not available.";
    /// Another request has already had the answer to this one; read the stored session again.
    Superseded = "superseded", 409, false, "Another request was answered first.";
    /// The cookie belongs to another session than the one named.
    SessionChanged = "session_changed", 409, false, "Another account is signed in here now.";
    /// A form or script of another site sent this.
    CrossSite = "cross_site", 403, false, "This request came from another site.";
    /// New accounts are made by the operators here.
    RegistrationClosed = "registration_closed", 403, false, "Registration is closed.";
    /// An access token for the account would be longer than any service accepts.
    TokenTooLarge = "token_too_large", 403, false, "The account has more roles or claims than fit into an access token.";
    /// The account may not do this.
    Forbidden = "forbidden", 403, false, "Your account may not do this.";
    /// Nothing lives at this address.
    NotFound = "not_found", 404, false, "There is nothing here.";
    /// The address exists, but not for this method; `Allow` says which ones do.
    MethodNotAllowed = "method_not_allowed", 405, false, "This address does not take that method.";
    /// The request did not arrive in time.
    RequestTimeout = "request_timeout", 408, false, "The request took too long to arrive.";
    /// The body is larger than any that makes sense.
    PayloadTooLarge = "payload_too_large", 413, false, "The request is too large.";
    /// The body is not `application/json`, or it is compressed.
    UnsupportedMediaType = "unsupported_media_type", 415, false, "Send application/json, not compressed.";
    /// The request was addressed to a host that this server does not answer for.
    Misdirected = "misdirected_request", 421, false, "This server does not answer for that host.";
    /// Too many attempts; `Retry-After` says when to try again.
    TooManyRequests = "too_many_requests", 429, false, "Too many attempts. Wait a little.";
    /// A fault of ours, recorded with the request's id.
    Internal = "internal_error", 500, false, "Something went wrong on our side.";
    /// A passing fault or overload; `Retry-After` says when to try again.
    Unavailable = "unavailable", 503, false, "The service is busy. Try again in a moment.";
}

/// An error as it goes over the wire (RFC 9457), with a stable `code` to match on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Always `about:blank`: the code says what RFC 9457 would put into an address.
    #[serde(rename = "type")]
    pub kind: String,
    /// One short sentence.
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// What clients match on.
    pub code: ErrorCode,
    /// Which fields were refused, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Names the request in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Problem {
    /// The problem that a code stands for.
    pub fn new(code: ErrorCode) -> Self {
        Self {
            kind: "about:blank".to_owned(),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            errors: Vec::new(),
            request_id: None,
        }
    }

    /// The same with the fields that were refused.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_written_as_it_is_named() {
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }

    #[test]
    fn only_a_401_signs_out() {
        for code in ErrorCode::ALL {
            assert!(!code.signs_out() || code.status() == 401, "{code:?}");
        }
    }
}
