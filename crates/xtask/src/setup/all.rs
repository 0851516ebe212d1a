//! Which command needs which tools.

use std::path::PathBuf;

use super::{
    binaryen, cargo_deny, cargo_leptos, chromium, node, postgres, python, wasm_bindgen, wasm_target,
};
use crate::environment::Environment;
use crate::problem::Outcome;
use crate::report::{Stopwatch, announce};

/// What `check` needs: a compiler for the browser's code, and cargo-deny.
pub(crate) fn for_checking() -> Outcome<Environment> {
    let environment = compiler()?;
    cargo_deny::provide(&environment)?;
    Ok(environment)
}

/// What building and serving the site need.
pub(crate) fn for_running() -> Outcome<Environment> {
    announce("Set-up", "seconds when all is there, about 8 minutes when nothing is");
    let whole = Stopwatch::start();
    let environment = builders()?;
    whole.done("set-up");
    Ok(environment)
}

/// What the server's tests need.
pub(crate) fn for_the_server() -> Outcome<Environment> {
    let mut environment = compiler()?;
    database(&mut environment)?;
    Ok(environment)
}

/// What everything needs, tests included, but for other people's verifiers.
pub(crate) fn everything() -> Outcome<Environment> {
    announce("Set-up", "seconds when all is there, about 10 minutes when nothing is");
    let whole = Stopwatch::start();
    // Node first: nothing can bring it, and whoever lacks it should not learn so after minutes of compiling.
    node::check(&Environment::new())?;
    let mut environment = builders()?;
    cargo_deny::provide(&environment)?;
    database(&mut environment)?;
    browser(&mut environment)?;
    whole.done("set-up");
    Ok(environment)
}

/// Other people's verifiers, in JavaScript and in Python; the Python that has them.
pub(crate) fn verifiers(environment: &Environment) -> Outcome<PathBuf> {
    node::check(environment)?;
    node::provide_packages(environment, "interop/node")?;
    python::provide(environment, "interop/python")
}

/// Django with simplejwt, to be measured; the Python that has it.
pub(crate) fn django(environment: &Environment) -> Outcome<PathBuf> {
    python::provide(environment, "bench/django")
}

/// better-auth, to be measured.
pub(crate) fn better_auth(environment: &Environment) -> Outcome<()> {
    node::check(environment)?;
    node::provide_packages(environment, "bench/better-auth")
}

/// PostgreSQL alone, for a program that is already built.
pub(crate) fn database(environment: &mut Environment) -> Outcome<()> {
    environment.postgres = Some(postgres::provide(environment)?);
    Ok(())
}

/// The browser and what drives it, for a program that is already built.
pub(crate) fn browser(environment: &mut Environment) -> Outcome<()> {
    node::check(environment)?;
    node::provide_packages(environment, "end2end")?;
    environment.browser = chromium::provide(environment)?;
    Ok(())
}

fn compiler() -> Outcome<Environment> {
    let mut environment = Environment::new();
    wasm_target::provide(&mut environment)?;
    Ok(environment)
}

fn builders() -> Outcome<Environment> {
    let mut environment = compiler()?;
    cargo_leptos::provide(&environment)?;
    wasm_bindgen::provide(&environment)?;
    binaryen::provide(&mut environment)?;
    Ok(environment)
}
