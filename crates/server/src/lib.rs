//! Issues, refreshes and revokes tokens: a library for those who mount it in a program of their
//! own, and the whole of the `carnet` binary.

mod app;
pub mod audit;
mod begin;
pub mod clock;
mod command;
mod connections;
mod counts;
mod device;
mod error;
mod follow;
mod housekeeping;
mod issued;
mod jobs;
pub mod keys;
mod limits;
mod live;
mod passwords;
pub mod random;
mod reader;
mod request;
mod routes;
mod serve;
pub mod settings;
#[cfg(feature = "ssr")]
mod site;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod tokens;
mod unwritten;
mod verified_tokens;

pub use app::{App, AppBuilder, StartError};
pub use command::run_command_line;
pub use connections::ConnectionLimits;
pub use error::ApiError;
pub use follow::follow_changes;
pub use housekeeping::keep_house;
pub use limits::TooMany;
pub use live::Live;
pub use passwords::HasherError;
pub use request::Current;
pub use routes::metrics::metrics_router;
pub use routes::{api_router, router};
#[cfg(feature = "ssr")]
pub use routes::{pages_router, pages_router_without};
pub use serve::{Serving, serve, serve_routes, serve_within};
#[cfg(feature = "ssr")]
pub use site::{BrandingError, CarnetPage, GuardedPages, PageGuard, PageVisitor};
pub use tokens::ClaimHook;
#[doc(hidden)]
pub use tokens::benched;

/// The examples of the documentation, compiled.
#[cfg(all(doctest, feature = "ssr", feature = "testing"))]
mod documentation {
    #[doc = include_str!("../../../docs/embedding.md")]
    mod embedding {}
    #[doc = include_str!("../../../docs/leptos.md")]
    mod leptos {}
}
