//! The few things that only a browser can do; on the server nothing ever calls them.

use leptos::prelude::{document, request_animation_frame, window};
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

/// Takes `?done=…` out of the address, so that it is not said again when the page is loaded again.
pub(crate) fn forget_what_was_said() {
    let location = window().location();
    let (Ok(path), Ok(search)) = (location.pathname(), location.search()) else { return };
    if search.starts_with("?done=")
        && let Ok(history) = window().history()
    {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
    }
}

/// Goes to another page of this site.
pub(crate) fn go_to(path: &str) {
    // It fails only for addresses that are none.
    let _ = window().location().assign(path);
}

/// Asks for this page again.
pub(crate) fn load_again() {
    let _ = window().location().reload();
}

/// Puts the focus on the element with this `id`, once what was just decided is on the screen.
pub(crate) fn focus_soon(id: &'static str) {
    request_animation_frame(move || {
        if let Some(element) = document().get_element_by_id(id)
            && let Ok(element) = element.dyn_into::<HtmlElement>()
        {
            let _ = element.focus();
        }
    });
}
