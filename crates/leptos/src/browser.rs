//! The few things that only a browser can do; on the server nothing ever calls them.

use leptos::prelude::*;
use leptos::prelude::{document, request_animation_frame, window};
use leptos::wasm_bindgen::JsCast;
use leptos_router::hooks::use_location;
use leptos_router::location::{BrowserUrl, Location};
use web_sys::{HtmlElement, UrlSearchParams};

/// The name in the query of a page that says what was just done, for a browser without script.
pub const DONE_IN_QUERY: &str = "carnet-done";

/// Removes what was just done from the address: a page that is loaded again must not say it again.
pub(crate) fn forget_done() {
    let location = window().location();
    let (Ok(path), Ok(search)) = (location.pathname(), location.search()) else { return };
    let Ok(query) = UrlSearchParams::new_with_str(&search) else { return };
    if query.has(DONE_IN_QUERY)
        && let Ok(history) = window().history()
    {
        query.delete(DONE_IN_QUERY);
        let rest = String::from(query.to_string());
        let separator = if rest.is_empty() { "" } else { "?" };
        let address = [&path, separator, &rest].concat();
        let state = history.state().unwrap_or_default();
        let _ = history.replace_state_with_url(&state, "", Some(&address));
    }
}

/// Loads another page. Nothing that this one has in memory is left afterwards.
pub(crate) fn load(path: &str) {
    // It fails only for addresses that are none.
    let _ = window().location().assign(path);
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

/// Where the app's router is, if there is one; only in a browser.
pub(crate) fn router_location() -> Option<Location> {
    use_context::<BrowserUrl>().map(|_| use_location())
}

/// The seconds since the first call, by the browser's clock, which may be wrong as a whole.
pub(crate) fn seconds_since_start() -> i64 {
    #[cfg(target_arch = "wasm32")]
    {
        thread_local!(static START: f64 = js_sys::Date::now());
        #[expect(clippy::cast_possible_truncation, reason = "seconds of one visit")]
        START.with(|start| ((js_sys::Date::now() - start) / 1000.0) as i64)
    }
    #[cfg(not(target_arch = "wasm32"))]
    0
}
