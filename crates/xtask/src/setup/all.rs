//! Which command needs which tools.

use std::path::PathBuf;

use super::{binaryen, cargo_leptos, chromium, node, postgres, python, wasm_bindgen, wasm_target};
use crate::environment::Environment;
use crate::problem::Outcome;
use crate::report::{Stopwatch, announce};

/// What `check` needs: a compiler for the browser's code.
pub(crate) fn for_checking() -> Outcome<Environment> {
    let mut environment = Environment::new();
    wasm_target::provide(&mut environment)?;
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
    let mut environment = for_checking()?;
    environment.postgres = Some(postgres::provide(&environment)?);
    Ok(environment)
}

/// What everything needs, tests included, but for other people's verifiers.
pub(crate) fn everything() -> Outcome<Environment> {
    announce("Set-up", "seconds when all is there, about 10 minutes when nothing is");
    let whole = Stopwatch::start();
    // Node first: nothing can bring it, and whoever lacks it should not learn so after minutes of compiling.
    node::check(&Environment::new())?;
    let mut environment = builders()?;
    environment.postgres = Some(postgres::provide(&environment)?);
    node::provide_packages(&environment, "end2end")?;
    environment.browser = chromium::provide(&environment)?;
    whole.done("set-up");
    Ok(environment)
}

/// Other people's verifiers, in JavaScript and in Python; the Python that has them.
pub(crate) fn verifiers(environment: &Environment) -> Outcome<PathBuf> {
    node::check(environment)?;
    node::provide_packages(environment, "interop/node")?;
    python::provide(environment)
}

fn builders() -> Outcome<Environment> {
    let mut environment = for_checking()?;
    cargo_leptos::provide(&environment)?;
    wasm_bindgen::provide(&environment)?;
    binaryen::provide(&mut environment)?;
    Ok(environment)
}
