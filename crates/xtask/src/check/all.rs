//! All checks, one after the other; a failing one does not hide the next.

use std::process::{Command, ExitCode};

use super::{advisories, allow_list, documentation, file_length};
use crate::environment::Environment;
use crate::problem::{Outcome, Problem};
use crate::process::run as run_program;
use crate::project::root;
use crate::report::{Stopwatch, announce, complain, say};
use crate::setup;

const WASM: &[&str] = &["--target", "wasm32-unknown-unknown"];

/// Each package on its own target: a bare --workspace would turn on the features of server and browser together.
const LINTED: [(&str, &[&[&str]]); 18] = [
    ("carnet-shared", &[&["--all-targets"]]),
    ("carnet-client", &[&["--all-targets"]]),
    ("carnet-client", &[WASM]),
    ("carnet-verify", &[&["--all-targets"]]),
    ("carnet-verify", &[&["--all-targets", "--features", "axum"]]),
    ("carnet-server", &[&["--all-targets"]]),
    ("carnet-server", &[&["--all-targets", "--features", "ssr,jemalloc,testing"]]),
    ("carnet-leptos", &[&["--all-targets", "--features", "ssr"]]),
    ("carnet-leptos", &[WASM, &["--features", "hydrate"]]),
    ("carnet-app", &[&["--all-targets", "--features", "ssr"]]),
    ("carnet-app", &[WASM, &["--features", "hydrate,split"]]),
    ("carnet-frontend", &[WASM]),
    ("carnet-simulator", &[&["--all-targets"]]),
    ("own-app", &[&["--all-targets"]]),
    ("axum-api", &[&["--all-targets"]]),
    ("spa", &[WASM]),
    ("carnet-load", &[&["--all-targets"]]),
    ("xtask", &[&["--all-targets"]]),
];

/// An example that is a workspace of its own.
const LEPTOS_APP: &str = "examples/leptos_app";

const LINTED_OF_APP: [(&str, &[&[&str]]); 3] = [
    ("app", &[&["--all-targets", "--features", "ssr"]]),
    ("frontend", &[WASM]),
    ("server", &[&["--all-targets"]]),
];

/// `cargo xtask check`.
pub(crate) fn command(arguments: &[String]) -> Outcome<ExitCode> {
    let environment = setup::for_checking()?;
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => {
            let mut skipped = Vec::new();
            run(&environment, &mut skipped)?;
            skipped.iter().for_each(|what| complain(&format!("skipped: {what}")));
        }
        ["--update-allow-list"] => allow_list::update(&environment)?,
        _ => {
            complain("`cargo xtask check` takes nothing but --update-allow-list");
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs every check. What could not be checked here, and why, is added to `skipped`.
pub(crate) fn run(environment: &Environment, skipped: &mut Vec<String>) -> Outcome<()> {
    announce("checks", "2 minutes warm, 15 cold");
    let time = Stopwatch::start();
    let mut failed = Vec::new();
    for (name, check) in checks(environment) {
        say(&format!("  - {name}"));
        match check() {
            Ok(Done::Checked) => {}
            Ok(Done::Skipped(why)) => skipped.push(format!("{name}, as {why}")),
            Err(problem) => {
                complain(&problem.to_string());
                failed.push(name);
            }
        }
    }
    time.done("checks");
    if failed.is_empty() {
        return Ok(());
    }
    Err(Problem::new("checks failed", failed.join(", "), "their messages are above"))
}

/// What a check that found no fault came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Done {
    Checked,
    /// It cannot be done here, for this reason.
    Skipped(String),
}

type Check<'a> = (String, Box<dyn Fn() -> Outcome<Done> + 'a>);

fn checks(environment: &Environment) -> Vec<Check<'_>> {
    let mut all: Vec<Check<'_>> = vec![
        ("formatting".into(), Box::new(|| checked(&mut formatting(environment)))),
        ("file lengths".into(), Box::new(|| file_length::check().map(|()| Done::Checked))),
        (
            "what the browser's code depends on".into(),
            Box::new(|| allow_list::check(environment).map(|()| Done::Checked)),
        ),
        ("licences, sources and bans".into(), Box::new(|| checked(&mut deny(environment)))),
        ("known vulnerabilities".into(), Box::new(|| advisories::check(environment))),
    ];
    for (package, arguments) in &LINTED {
        let arguments = arguments.concat();
        let name = format!("clippy {package} {}", arguments.join(" "));
        let check = move || checked(&mut clippy(environment, package, &arguments));
        all.push((name, Box::new(check)));
    }
    let check = || checked(&mut app_formatting(environment));
    all.push((format!("formatting {LEPTOS_APP}"), Box::new(check)));
    for (package, arguments) in &LINTED_OF_APP {
        let arguments = arguments.concat();
        let name = format!("clippy {package} of {LEPTOS_APP} {}", arguments.join(" "));
        let check = move || checked(in_app(&mut clippy(environment, package, &arguments)));
        all.push((name, Box::new(check)));
    }
    for package in &documentation::PACKAGES {
        let check = || checked(&mut package.command(environment));
        all.push((format!("documentation {}", package.name), Box::new(check)));
    }
    all
}

fn checked(command: &mut Command) -> Outcome<Done> {
    run_program(command).map(|()| Done::Checked)
}

fn formatting(environment: &Environment) -> Command {
    let mut command = environment.command("cargo");
    command.args(["fmt", "--all", "--check"]);
    command
}

/// Not with `--all`, which would look over what the example depends on, too.
fn app_formatting(environment: &Environment) -> Command {
    let mut command = environment.command("cargo");
    let packages = LINTED_OF_APP.iter().flat_map(|(package, _)| ["--package", package]);
    in_app(command.arg("fmt").args(packages).arg("--check"));
    command
}

/// Lets a command run in the example, into the same target directory.
fn in_app(command: &mut Command) -> &mut Command {
    command.current_dir(root().join(LEPTOS_APP))
}

fn deny(environment: &Environment) -> Command {
    let mut command = environment.command("cargo");
    command.args(["deny", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]);
    command
}

fn clippy(environment: &Environment, package: &str, arguments: &[&str]) -> Command {
    let mut command = environment.command("cargo");
    command.args(["clippy", "--quiet", "--package", package]).args(arguments);
    command.args(["--", "-D", "warnings"]);
    command
}
