//! A Leptos app that the browser renders, as static files on another origin than Carnet. People sign in at
//! Carnet through CORS, and the app calls Carnet and an API of another process in their name.

#[expect(unreachable_pub, reason = "the component macro leaves a second function beside each one")]
mod account;
mod addresses;
mod api;
#[expect(unreachable_pub, reason = "the component macro leaves a second function beside each one")]
mod app;
#[expect(unreachable_pub, reason = "the component macro leaves a second function beside each one")]
mod notes;
#[expect(unreachable_pub, reason = "the component macro leaves a second function beside each one")]
mod sign_in;
mod words;

use leptos::mount::mount_to_body;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the browser once this module is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    mount_to_body(app::App);
}
