//! The browser's entry of the example.
#![recursion_limit = "256"] // Views keep their types, and those of a whole page nest deeply.

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes the page over from the server.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
