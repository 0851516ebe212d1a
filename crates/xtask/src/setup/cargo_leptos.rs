//! cargo-leptos, which builds server and browser code together.

use std::process::Command;

use crate::environment::{Environment, cargo_home, tools_directory};
use crate::problem::Outcome;
use crate::process::{answer_of, run};
use crate::report::{Stopwatch, announce};

const VERSION: &str = "0.3.11";

/// Compiles it unless one that will do is there.
pub(crate) fn provide(environment: &Environment) -> Outcome<()> {
    let present = answer_of(environment.command("cargo-leptos").arg("--version"));
    if present.is_some_and(|answer| will_do(&answer)) {
        return Ok(());
    }
    announce(&format!("cargo install cargo-leptos {VERSION}"), "about 5 minutes, once per machine");
    let time = Stopwatch::start();
    // Without `no_downloads` it would fetch tools itself, which fails where only registries are reachable. With it, it
    // takes wasm-bindgen and wasm-opt from the search path.
    let mut install = install_command(environment, "cargo-leptos");
    install.args(["cargo-leptos", "--version", VERSION, "--locked", "--features", "no_downloads"]);
    // Its lock names crates that promise to build with Rust 1.96 only; 1.95, which is what we ask for, builds them too.
    install.arg("--ignore-rust-version");
    run(&mut install)?;
    time.done("cargo-leptos");
    Ok(())
}

/// `cargo install` for a program that will not do or is not there. A tool's own release profile may optimise for a quarter
/// of an hour what then runs for seconds.
pub(crate) fn install_command(environment: &Environment, program: &str) -> Command {
    // Where there is none yet it goes where cargo puts programs, so that plain cargo finds it too; one that the user has
    // is left alone.
    let theirs = environment.find(program).is_some();
    let root = if theirs { tools_directory() } else { cargo_home() };
    let mut install = environment.command("cargo");
    install.args(["install", "--force", "--root"]).arg(root);
    install.env("CARGO_PROFILE_RELEASE_LTO", "off");
    install.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    install.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
    // Its crates are of no use to ours, and flags for our code were not meant for it.
    install.env_remove("CARGO_TARGET_DIR").env_remove("RUSTFLAGS");
    install
}

fn will_do(answer: &str) -> bool {
    let version = answer.trim().rsplit(' ').next().unwrap_or_default();
    let mut numbers = version.split('.').map(str::parse::<u32>);
    matches!(
        (numbers.next(), numbers.next(), numbers.next()),
        (Some(Ok(0)), Some(Ok(3)), Some(Ok(patch))) if patch >= 11
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_or_a_later_patch_release_will_do() {
        assert!(will_do("cargo-leptos 0.3.11\n"));
        assert!(will_do("cargo-leptos 0.3.12"));
    }

    #[test]
    fn another_release_will_not_do() {
        assert!(!will_do("cargo-leptos 0.3.9"));
        assert!(!will_do("cargo-leptos 0.2.40"));
        assert!(!will_do(""));
    }
}
