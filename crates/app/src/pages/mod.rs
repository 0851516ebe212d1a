//! One file per page.

mod change_name;
mod change_password;
mod device;
mod devices;
mod forbidden;
mod home;
mod login;
mod not_found;
mod profile;
mod register;
mod sessions;
mod unavailable;

use leptos::prelude::AnyView;

use crate::Page;
use crate::components::private;

/// What is between the header and the footer.
pub(crate) fn content(page: Page) -> AnyView {
    match page {
        Page::Home => home::home(),
        Page::Register => register::register(),
        Page::Login => login::login(),
        Page::Profile => private(profile::profile),
        Page::Sessions => private(sessions::sessions),
        Page::Forbidden => forbidden::forbidden(),
        Page::NotFound => not_found::not_found(),
        Page::Unavailable => unavailable::unavailable(),
    }
}

/// Whether it is one short column: a form or a few words.
pub(crate) fn is_narrow(page: Page) -> bool {
    match page {
        Page::Register | Page::Login | Page::Forbidden | Page::NotFound | Page::Unavailable => true,
        Page::Home | Page::Profile | Page::Sessions => false,
    }
}
