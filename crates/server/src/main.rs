//! The `carnet` binary.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    carnet_server::run_command_line().await
}
