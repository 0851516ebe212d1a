use leptos::prelude::*;

/// The mark: a small notebook with a ribbon that keeps the place.
pub(crate) fn mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <path class="mark-cover" d="M8 3h15a3 3 0 0 1 3 3v20a3 3 0 0 1-3 3H8a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2Z" />
            <path class="mark-spine" d="M10.500 3v26" />
            <path class="mark-ribbon" d="M17 3h5v13l-2.500-2.500L17 16Z" />
        </svg>
    }
}

/// What a device looks like, as far as its name tells.
pub(crate) fn device_icon(device: &str) -> impl IntoView + use<> {
    let is_phone = ["iPhone", "Android", "iPad"].iter().any(|name| device.contains(name));
    let shape = if is_phone {
        "M7.500 2.750h9a1.500 1.500 0 0 1 1.500 1.500v15.500a1.500 1.500 0 0 1-1.500 1.500h-9A1.500 1.500 0 0 1 6 19.750V4.250a1.500 1.500 0 0 1 1.500-1.500ZM11 18.250h2"
    } else {
        "M5.500 4.750h13a1.250 1.250 0 0 1 1.250 1.250v9.500H4.250V6A1.250 1.250 0 0 1 5.500 4.750ZM2 15.500h20v1.250a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2Z"
    };
    view! {
        <svg class="device-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=shape />
        </svg>
    }
}
