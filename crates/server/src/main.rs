//! The `carnet` binary.

use std::process::ExitCode;

/// With glibc's the runtime's threads wait for each other at every other request, since what one has
/// allocated another frees.
#[cfg(all(feature = "jemalloc", target_os = "linux"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[tokio::main]
async fn main() -> ExitCode {
    carnet_server::run_command_line().await
}
