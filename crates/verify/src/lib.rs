//! Verifies Carnet's access tokens: one pipeline with the whole policy, for Carnet itself and for
//! the services that trust it. It has no database and no clock of its own.

mod algorithm;
mod bearer;
mod header;
mod key_set;
mod refusal;
mod verified;
mod verifier;

pub use algorithm::Algorithm;
pub use bearer::{Bearer, bearer_token};
pub use key_set::{KeyRefusal, KeySet, VerifyingKey};
pub use refusal::Refusal;
pub use verified::Verified;
pub use verifier::{MAX_TOKEN_LENGTH, NOT_BEFORE_LEEWAY_SECONDS, Verifier, key_id};
