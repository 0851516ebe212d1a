//! The entry of the browser: takes the page over from the server.
#![recursion_limit = "256"] // Views keep their types, and those of a whole page nest deeply.

use carnet_app::{App, AppProps, PageData, ROOT_ID, Texts};
use leptos::mount::hydrate_from;
use leptos::prelude::document;
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page once this module is loaded, with the texts in the language of the page.
///
/// # Errors
/// When the code of this very page could not be loaded: the page stays as the server made it, with plain
/// forms.
#[wasm_bindgen]
pub async fn hydrate(texts: String) -> Result<(), JsError> {
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    // A page that is not ours, or of another version, stays as the server made it too.
    let root = document().get_element_by_id(ROOT_ID).and_then(|root| root.dyn_into().ok());
    if let Some((page, root)) = PageData::from_document().zip(root) {
        let texts = Texts::from_lines(texts);
        page.page
            .load()
            .await
            .map_err(|_| JsError::new("a part of this page could not be loaded"))?;
        // For as long as the page is there.
        hydrate_from(root, move || App(AppProps { page, texts })).forget();
    }
    Ok(())
}
