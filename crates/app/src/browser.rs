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

/// Loads another page of this site. Nothing that this one has in memory is left afterwards.
pub(crate) fn load(path: &str) {
    // It fails only for addresses that are none.
    let _ = window().location().assign(path);
}

/// Tells the browser's other pages who is signed in now, empty for nobody, as each page does that is
/// loaded (`page_watch.js`).
pub(crate) fn tell_who(user: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        // Without it the pages hear of a sign-out all the same.
        let _ = storage.set_item("carnet.who", user);
    }
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
