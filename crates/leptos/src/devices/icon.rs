use leptos::prelude::*;

/// What a device looks like, as far as its name tells.
pub(super) fn icon(device: &str) -> impl IntoView + use<> {
    let is_phone = ["iPhone", "Android", "iPad"].iter().any(|name| device.contains(name));
    let shape = if is_phone {
        "M7.500 2.750h9a1.500 1.500 0 0 1 1.500 1.500v15.500a1.500 1.500 0 0 1-1.500 1.500h-9A1.500 1.500 0 0 1 6 19.750V4.250a1.500 1.500 0 0 1 1.500-1.500ZM11 18.250h2"
    } else {
        "M5.500 4.750h13a1.250 1.250 0 0 1 1.250 1.250v9.500H4.250V6A1.250 1.250 0 0 1 5.500 4.750ZM2 15.500h20v1.250a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2Z"
    };
    view! {
        <svg class="carnet-device-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=shape />
        </svg>
    }
}
