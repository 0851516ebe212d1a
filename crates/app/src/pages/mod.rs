//! One file per page. Views keep their types: an erased one brings along code for everything that
//! could ever be done with it, which made a third of the bundle.
#![expect(unreachable_pub, reason = "the component macro makes what it writes public")]

mod home;
mod later;
mod login;
mod message;
mod profile;
mod register;
mod sessions;
mod waiting;

use carnet_shared::paths::pages;
use leptos::prelude::*;
use leptos_router::StaticSegment;
use leptos_router::components::{FlatRoutes, Route};

pub use self::later::NotLoaded;
pub(crate) use self::later::load as load_later_pages;
pub(crate) use self::message::not_signed_in;

use self::later::Later;
use crate::Page;
use crate::app::use_page;
use crate::at_once::AtOnce;
use crate::components::private;

/// What is between the header and the footer: the table of pages.
#[component]
pub(crate) fn Pages() -> impl IntoView {
    view! {
        <FlatRoutes fallback=(|| page(message::not_found)) as View>
            <Route path=StaticSegment(pages::HOME) view=Later(Page::Home) />
            <Route path=StaticSegment(pages::REGISTER) view=Later(Page::Register) />
            <Route path=StaticSegment(pages::LOGIN) view=(|| page(login::login)) as View />
            <Route path=StaticSegment(pages::PROFILE) view=Later(Page::Profile) />
            <Route path=StaticSegment(pages::SESSIONS) view=Later(Page::Sessions) />
        </FlatRoutes>
    }
}

/// One type for all pages, so that the router's code is there once.
type View = fn() -> AnyView;

/// The page at its address, or the stand-in that the server chose.
fn page<V: IntoView + 'static>(view: fn() -> V) -> AnyView {
    match use_page().page {
        Page::Waiting => AtOnce(private(waiting::found_out).into_view()).into_any(),
        Page::Forbidden => AtOnce(message::forbidden().into_view()).into_any(),
        Page::Unavailable => AtOnce(message::unavailable().into_view()).into_any(),
        Page::NotFound => AtOnce(message::not_found().into_view()).into_any(),
        _ => AtOnce(view().into_view()).into_any(),
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
