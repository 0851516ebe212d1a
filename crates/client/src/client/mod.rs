//! The driver: it carries out what the engine decides, and is what apps call.

mod account;
mod call;
mod core;
#[cfg(not(target_arch = "wasm32"))]
mod nowhere;
mod perform;
mod read;
mod resource;

pub use self::core::AuthClient;
