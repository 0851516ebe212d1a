//! `carnet serve` for `cargo xtask bench`, with passwords that cost nothing: its accounts sign in tens of
//! thousands of times where sign-ins are not what is measured. The settings accept no such cost, so
//! nobody can have it by mistake.
//!
//! Arguments are settings, such as `server.address=127.0.0.1:4000`; all others are passed over.

use std::error::Error;

use carnet_server::settings::{SettingSource, Settings};
use carnet_server::{App, serve};
use tokio::net::TcpListener;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// As the program has it.
#[cfg(all(feature = "jemalloc", target_os = "linux"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let filter = Targets::new().with_default(Level::WARN).with_target("carnet_server", Level::INFO);
    let writing = fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    tracing_subscriber::registry().with(filter).with(writing).init();
    let assignments = std::env::args().skip(1).filter(|text| text.contains('=')).collect();
    let source = SettingSource { assignments, ..SettingSource::default() };
    let mut settings = Settings::read(&source)?;
    (settings.passwords.memory_kib, settings.passwords.iterations) = (8, 1);
    let listener = TcpListener::bind(settings.server.address).await?;
    let app = App::builder(settings).start().await?;
    let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    Ok(serve(&app, listener, stop)?.task.await??)
}
