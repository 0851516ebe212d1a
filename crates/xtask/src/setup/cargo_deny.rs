//! cargo-deny, which knows licences, sources, banned crates and published vulnerabilities.

use super::cargo_leptos::install_command;
use crate::environment::Environment;
use crate::problem::Outcome;
use crate::process::{answer_of, run};
use crate::report::{Stopwatch, announce};

const VERSION: &str = "0.20.2";
/// Older ones take other options.
const OLDEST: (u32, u32) = (0, 20);

/// Compiles it unless one that will do is there.
pub(crate) fn provide(environment: &Environment) -> Outcome<()> {
    let present = answer_of(environment.command("cargo-deny").arg("--version"));
    if present.is_some_and(|answer| will_do(&answer)) {
        return Ok(());
    }
    announce(&format!("cargo install cargo-deny {VERSION}"), "about 2 minutes, once per machine");
    let time = Stopwatch::start();
    let mut install = install_command(environment, "cargo-deny");
    run(install.args(["cargo-deny", "--version", VERSION, "--locked"]))?;
    time.done("cargo-deny");
    Ok(())
}

fn will_do(answer: &str) -> bool {
    let version = answer.trim().rsplit(' ').next().unwrap_or_default();
    let mut numbers = version.split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= OLDEST,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_reads_our_settings_will_do() {
        assert!(will_do("cargo-deny 0.20.2\n"));
        assert!(will_do("cargo-deny 1.0.0"));
        assert!(!will_do("cargo-deny 0.19.9"));
        assert!(!will_do(""));
    }
}
