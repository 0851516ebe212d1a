//! What every part of Carnet agrees on: claims, users, what goes over the wire, and the rules for
//! input. It compiles for the browser and the server alike and has no clock, no randomness and no
//! input or output of its own.

mod claims;
mod input;
pub mod paths;
mod problem;
mod secret;
mod user;
mod wire;

pub use claims::{Claims, MAX_TOKEN_LENGTH, REGISTERED_CLAIMS};
pub use input::attempt::Attempt;
pub use input::display_name::DisplayName;
pub use input::email::Email;
pub use input::field_code::{FieldCode, FieldError};
pub use input::fields::{Fields, MalformedBody};
pub use input::password::{MAX_PASSWORD_BYTES, NewPassword, PasswordPolicy};
pub use input::username::Username;
pub use problem::{ErrorCode, PROBLEM_CONTENT_TYPE, Problem};
pub use secret::Secret;
pub use user::{TokenUser, User};
pub use wire::delivery::Delivery;
pub use wire::requests::{
    ChangePasswordRequest, LoginRequest, LogoutRequest, RefreshRequest, RegisterRequest,
    TokenRequest, UpdateProfileRequest,
};
pub use wire::responses::{
    PresentedSession, SessionView, SessionsResponse, TokenResponse, TokenSession, VerifyResponse,
};
