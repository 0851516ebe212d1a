//! The entry of the browser: takes the page over from the server.

use carnet_app::{App, AppProps, PageData, ROOT_ID};
use leptos::mount::hydrate_from;
use leptos::prelude::document;
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page once this module is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    // A page that is not ours, or of another version, stays as the server made it: plain forms.
    let root = document().get_element_by_id(ROOT_ID).and_then(|root| root.dyn_into().ok());
    if let Some((page, root)) = PageData::from_document().zip(root) {
        // For as long as the page is there.
        hydrate_from(root, || App(AppProps { page })).forget();
    }
}
