//! The pages and the server functions of the example, for the server and the browser alike.
#![recursion_limit = "256"] // Views keep their types, and those of a whole page nest deeply.

#[expect(unreachable_pub, reason = "the component macro leaves a second function beside each one")]
mod app;
mod functions;
#[expect(unreachable_pub, reason = "the component macro leaves a second function beside each one")]
mod header;
#[expect(unreachable_pub, reason = "the component macro leaves a second function beside each one")]
mod pages;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
mod state;
#[cfg(feature = "ssr")]
mod store;
mod todo;

pub use app::App;
#[cfg(feature = "ssr")]
pub use shell::shell;
#[cfg(feature = "ssr")]
pub use state::AppState;
#[cfg(feature = "ssr")]
pub use store::TodoStore;
