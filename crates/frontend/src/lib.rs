//! The entry of the browser: takes the page over from the server.

use carnet_app::{App, AppProps, PageData};
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page once this module is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    // A page that is not ours, or of another version, stays as the server made it: plain forms.
    if let Some(page) = PageData::from_document() {
        leptos::mount::hydrate_body(|| App(AppProps { page }));
    }
}
