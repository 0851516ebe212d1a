//! Brings what building, running and testing need, and does nothing quickly when all is there.

mod all;
mod apt;
mod binaryen;
mod cargo_deny;
mod cargo_leptos;
mod chromium;
mod consent;
mod debian_toolchain;
mod node;
mod postgres;
mod python;
mod wasm_bindgen;
mod wasm_target;

pub(crate) use all::{
    better_auth, browser, database, django, everything, for_checking, for_running, for_the_server,
    verifiers,
};
pub(crate) use apt::is_root;
pub(crate) use consent::take_from as take_consent_from;
