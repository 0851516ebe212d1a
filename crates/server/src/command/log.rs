use std::env;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What is logged is chosen with `RUST_LOG`; by default all warnings, and the server's own events
/// from this level on. By target and level alone: a filter that knows spans looks at each of them
/// several times a request.
pub(super) fn log_to_standard_error(own_level: Level) {
    let usual = || Targets::new().with_default(Level::WARN).with_target("carnet_server", own_level);
    let wished = env::var("RUST_LOG").unwrap_or_default();
    let wished: Vec<&str> =
        wished.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let (filter, fault) = match wished.join(",").parse() {
        _ if wished.is_empty() => (usual(), None),
        Ok(filter) => (filter, None),
        Err(error) => (usual(), Some(error)),
    };
    let writing = fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    tracing_subscriber::registry().with(filter).with(writing).init();
    if let Some(error) = fault {
        tracing::warn!(%error, "RUST_LOG cannot be read, so it is as if there were none");
    }
}
