//! One file per page. Views keep their types: an erased one brings along code for everything that
//! could ever be done with it, which made a third of the bundle.

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

use leptos::either::EitherOf8;
use leptos::prelude::IntoView;

use crate::Page;
use crate::components::private;

/// What is between the header and the footer.
pub(crate) fn content(page: Page) -> impl IntoView {
    match page {
        Page::Home => EitherOf8::A(home::home()),
        Page::Register => EitherOf8::B(register::register()),
        Page::Login => EitherOf8::C(login::login()),
        Page::Profile => EitherOf8::D(private(profile::profile)),
        Page::Sessions => EitherOf8::E(private(sessions::sessions)),
        Page::Forbidden => EitherOf8::F(forbidden::forbidden()),
        Page::NotFound => EitherOf8::G(not_found::not_found()),
        Page::Unavailable => EitherOf8::H(unavailable::unavailable()),
    }
}

/// Whether it is one short column: a form or a few words.
pub(crate) fn is_narrow(page: Page) -> bool {
    match page {
        Page::Register | Page::Login | Page::Forbidden | Page::NotFound | Page::Unavailable => true,
        Page::Home | Page::Profile | Page::Sessions => false,
    }
}
