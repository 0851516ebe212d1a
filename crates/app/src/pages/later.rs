//! The pages that are not needed to sign in. With the feature `split` they are a file of their own, which
//! is loaded the first time one of them is opened.

use leptos::prelude::*;
use leptos_router::ChooseView;

use super::{home, message, page, profile, register, sessions};
use crate::Page;
use crate::app::use_page;
use crate::at_once::AtOnce;
use crate::components::private;
use crate::navigation::use_navigation;

/// The code of a page did not arrive.
#[derive(Debug)]
pub struct NotLoaded;

/// A page whose code is loaded when it is needed.
#[derive(Clone, Copy)]
pub(super) struct Later(pub(super) Page);

impl ChooseView for Later {
    async fn choose(self) -> AnyView {
        // What stands in for a page needs no code of it, and is hydrated without waiting.
        if !use_page().page.is_routed() {
            return page(message::not_found);
        }
        match load().await {
            Ok(()) => shown(self.0).await.unwrap_or_else(|NotLoaded| not_loaded()),
            Err(NotLoaded) => not_loaded(),
        }
    }

    async fn preload(&self) {}
}

#[cfg(feature = "split")]
pub(crate) use split::load;
#[cfg(feature = "split")]
use split::shown;

/// Loads the code of these pages, if it is not there yet.
#[cfg(not(feature = "split"))]
pub(crate) async fn load() -> Result<(), NotLoaded> {
    Ok(())
}

#[cfg(not(feature = "split"))]
async fn shown(of: Page) -> Result<AnyView, NotLoaded> {
    Ok(view(of))
}

fn view(of: Page) -> AnyView {
    use_navigation().ask_for_account();
    match of {
        Page::Home => page(home::home),
        Page::Register => page(register::register),
        Page::Sessions => page(|| private(sessions::sessions)),
        _ => page(|| private(profile::profile)),
    }
}

fn not_loaded() -> AnyView {
    AtOnce(message::not_loaded().into_view()).into_any()
}

#[cfg(feature = "split")]
mod split {
    use leptos::prelude::AnyView;
    use leptos::wasm_split::{SplitLoaderError, wasm_split};

    use super::NotLoaded;
    use crate::Page;

    impl From<SplitLoaderError> for NotLoaded {
        fn from(_: SplitLoaderError) -> Self {
            Self
        }
    }

    #[wasm_split(pages, wasm_split_path = ::leptos::wasm_split, fallible, preload(preload))]
    pub(super) fn shown(of: Page) -> Result<AnyView, NotLoaded> {
        Ok(super::view(of))
    }

    /// Loads the code of these pages, if it is not there yet.
    pub(crate) async fn load() -> Result<(), NotLoaded> {
        Ok(preload().await?)
    }
}
