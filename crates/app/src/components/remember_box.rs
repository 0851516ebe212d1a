use leptos::prelude::*;

/// Whether to stay signed in when the browser is closed.
#[component]
pub(crate) fn RememberBox(checked: bool) -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" name="remember" checked=checked />
            <span>"Keep me signed in on this device"</span>
        </label>
    }
}
