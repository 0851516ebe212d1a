//! Serving Carnet from the clone, once or while working on it.

use std::process::ExitCode;

use crate::problem::Outcome;
use crate::process::become_program;
use crate::report::announce;
use crate::{setup, site};

/// Builds the release and becomes `carnet serve`.
pub(crate) fn serve(arguments: &[String]) -> Outcome<ExitCode> {
    let environment = setup::for_running()?;
    let binary = site::build(&environment)?;
    announce("carnet serve", "until Ctrl-C");
    Err(become_program(environment.command(binary).arg("serve").args(arguments)))
}

/// Becomes `cargo leptos watch`.
pub(crate) fn watch(arguments: &[String]) -> Outcome<ExitCode> {
    let environment = setup::for_running()?;
    announce("cargo leptos watch", "until Ctrl-C; the first build takes 5 to 10 minutes");
    let mut leptos = environment.command("cargo-leptos");
    Err(become_program(leptos.args(["leptos", "watch"]).args(arguments)))
}
