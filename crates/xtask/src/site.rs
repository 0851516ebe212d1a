//! The release: the browser's code and the program that serves it.

use std::path::PathBuf;

use crate::environment::Environment;
use crate::problem::{Outcome, Problem};
use crate::process::run;
use crate::project::target_directory;
use crate::report::{Stopwatch, announce};

/// Builds the release and tells where the program is.
pub(crate) fn build(environment: &Environment) -> Outcome<PathBuf> {
    announce("release build of pages and server", "1 minute warm, 10 to 15 cold");
    let time = Stopwatch::start();
    // Called by its own name: `cargo leptos` would prefer one in cargo's folder to the one that set-up chose.
    let mut leptos = environment.command("cargo-leptos");
    // The pages that are not needed to sign in become a file of their own.
    let split = ["--split", "--lib-features", "split"];
    run(leptos.args(["leptos", "build", "--release", "--precompress"]).args(split))?;
    let binary = target_directory(environment)?.join("release/carnet");
    if !binary.is_file() {
        return Err(Problem::new(
            format!("the build left no {}", binary.display()),
            "it is what serves the pages",
            "unset CARGO_BUILD_TARGET if it is set",
        ));
    }
    time.done("release build");
    Ok(binary)
}

/// Builds the example of an app with Carnet inside, for the browser tests; it lies beside the program that [`build`] made,
/// of which it takes everything but its own few lines.
pub(crate) fn build_own_app(environment: &Environment) -> Outcome<()> {
    let mut cargo = environment.command("cargo");
    // Leptos is compiled with this name inside; with another one it would be compiled again, and once more the next time.
    cargo.env("LEPTOS_OUTPUT_NAME", "carnet");
    run(cargo.args(["build", "--release", "--package", "own-app"]))
}
