//! The few things that only a browser can do; on the server nothing ever calls them.

use leptos::ev;
use leptos::prelude::{document, request_animation_frame, window, window_event_listener};
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

/// What a page does once it has come alive.
pub(crate) fn settle() {
    forget_what_was_said();
    // A page that comes back from the browser's memory may show what is no longer so, or somebody
    // who has signed out since.
    window_event_listener(ev::pageshow, |event| {
        if event.persisted() {
            load_again();
        }
    });
}

/// Takes `?done=…` out of the address, so that it is not said again when the page is loaded again.
fn forget_what_was_said() {
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
