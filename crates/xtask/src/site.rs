//! The release: the browser's code and the program that serves it.

use std::env;
use std::path::PathBuf;

use crate::environment::Environment;
use crate::problem::{Outcome, Problem};
use crate::process::run;
use crate::project::{root, target_directory};
use crate::report::{Stopwatch, announce};

/// What cargo-leptos compiles the browser's code with where it splits it.
const SPLIT_FLAGS: &str = "-Clink-args=--emit-relocs";

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

/// Builds the examples, for the browser tests.
pub(crate) fn build_examples(environment: &Environment) -> Outcome<()> {
    announce("examples", "2 minutes warm, 10 cold");
    let time = Stopwatch::start();
    build_own_app(environment)?;
    build_axum_api(environment)?;
    build_spa(environment)?;
    build_leptos_app(environment)?;
    time.done("examples");
    Ok(())
}

/// The app with Carnet inside. It reads the pages' files from where [`build`] has left them.
fn build_own_app(environment: &Environment) -> Outcome<()> {
    run(environment.command("cargo").args(["build", "--package", "own-app"]))
}

/// The API in a process of its own. The tests of the crates have compiled for debugging most of what it is made of.
fn build_axum_api(environment: &Environment) -> Outcome<()> {
    run(environment.command("cargo").args(["build", "--package", "axum-api"]))
}

/// The app of static files, into `spa` in the target directory.
fn build_spa(environment: &Environment) -> Outcome<()> {
    let target = target_directory(environment)?;
    // Where and with what flags cargo-leptos has compiled the pages' code, so that what both are made of is compiled once.
    let front = target.join("front");
    let flags = [env::var("RUSTFLAGS").unwrap_or_default(), SPLIT_FLAGS.to_owned()].join(" ");
    let mut cargo = environment.command("cargo");
    cargo.args(["build", "--package", "spa", "--target", "wasm32-unknown-unknown"]);
    cargo.args(["--profile", "wasm-release", "--target-dir"]).arg(&front).env("RUSTFLAGS", flags);
    run(&mut cargo)?;
    let mut bindgen = environment.command("wasm-bindgen");
    bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(target.join("spa"));
    run(bindgen.arg(front.join("wasm32-unknown-unknown/wasm-release/spa.wasm")))
}

/// The Leptos app with Carnet inside: its site into its own folder, its server beside the other examples.
fn build_leptos_app(environment: &Environment) -> Outcome<()> {
    let (folder, target) = (root().join("examples/leptos_app"), target_directory(environment)?);
    let mut leptos = environment.command("cargo-leptos");
    leptos.current_dir(&folder).env("CARGO_TARGET_DIR", &target);
    // Split only so that dependencies are compiled with the flags that Carnet's own pages are compiled with.
    run(leptos.args(["leptos", "build", "--release", "--frontend-only", "--split"]))?;
    let mut cargo = environment.command("cargo");
    cargo.current_dir(&folder).env("CARGO_TARGET_DIR", &target);
    // Without the name Leptos would look for a file that only wasm-bindgen alone leaves.
    cargo.env("LEPTOS_OUTPUT_NAME", "todos");
    run(cargo.args(["build", "--package", "server"]))
}
