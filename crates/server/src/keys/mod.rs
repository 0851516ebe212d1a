//! The deployment's keys: sealed in the database, opened with the master secret.

mod changes;
mod import;
mod keeper;
mod mac_key;
mod master_secret;
mod ring;
mod rows;
mod seal;
mod signing_key;

pub use changes::{KeyChange, KeyListing, Revocation};
pub use import::{ImportError, ImportedKey, import_key};
pub use keeper::Keys;
pub use mac_key::{MAC_LENGTH, MacKey, MacKeyId};
pub use master_secret::{
    GivenSecrets, MasterSecrets, PREVIOUS_SECRET_VARIABLE, SECRET_VARIABLE, SecretError,
    SecretPlace,
};
pub use ring::{KeyRing, KeyState};
pub use rows::{KeyError, KeyPurpose};
pub use seal::Sealed;
pub use signing_key::{PrivateKey, SigningKey};
