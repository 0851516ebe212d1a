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
mod waiting;

use leptos::either::EitherOf9;
use leptos::prelude::IntoView;

use crate::Page;
use crate::components::private;

/// What is between the header and the footer.
pub(crate) fn content(page: Page) -> impl IntoView {
    match page {
        Page::Home => EitherOf9::A(home::home()),
        Page::Register => EitherOf9::B(register::register()),
        Page::Login => EitherOf9::C(login::login()),
        Page::Profile => EitherOf9::D(private(profile::profile)),
        Page::Sessions => EitherOf9::E(private(sessions::sessions)),
        Page::Waiting => EitherOf9::F(private(waiting::found_out)),
        Page::Forbidden => EitherOf9::G(forbidden::forbidden()),
        Page::NotFound => EitherOf9::H(not_found::not_found()),
        Page::Unavailable => EitherOf9::I(unavailable::unavailable()),
    }
}

/// Whether it is one short column: a form or a few words.
pub(crate) fn is_narrow(page: Page) -> bool {
    match page {
        Page::Register
        | Page::Login
        | Page::Waiting
        | Page::Forbidden
        | Page::NotFound
        | Page::Unavailable => true,
        Page::Home | Page::Profile | Page::Sessions => false,
    }
}
