//! The deployment's keys: sealed in the database, opened with the master secret.

mod mac_key;
mod master_secret;
mod ring;
mod seal;
mod signing_key;

pub use mac_key::{MAC_LENGTH, MacKey, MacKeyId};
pub use master_secret::{MasterSecret, SECRET_VARIABLE, SecretError};
pub use ring::{KeyError, KeyPurpose, KeyRing};
pub use seal::Sealed;
pub use signing_key::SigningKey;
