//! All checks, one after the other; a failing one does not hide the next.

use std::process::{Command, ExitCode};

use super::{allow_list, file_length};
use crate::environment::Environment;
use crate::problem::{Outcome, Problem};
use crate::process::run as run_program;
use crate::report::{Stopwatch, announce, complain, say};
use crate::setup;

const WASM: &[&str] = &["--target", "wasm32-unknown-unknown"];

/// Each package on its own target: a bare --workspace would turn on the features of server and browser together.
const LINTED: [(&str, &[&[&str]]); 14] = [
    ("carnet-shared", &[&["--all-targets"]]),
    ("carnet-client", &[&["--all-targets"]]),
    ("carnet-client", &[WASM]),
    ("carnet-verify", &[&["--all-targets"]]),
    ("carnet-verify", &[&["--all-targets", "--features", "axum"]]),
    ("carnet-server", &[&["--all-targets"]]),
    ("carnet-server", &[&["--all-targets", "--features", "ssr,jemalloc"]]),
    ("carnet-app", &[&["--all-targets", "--features", "ssr"]]),
    ("carnet-app", &[WASM, &["--features", "hydrate"]]),
    ("carnet-frontend", &[WASM]),
    ("carnet-simulator", &[&["--all-targets"]]),
    ("own-app", &[&["--all-targets"]]),
    ("carnet-load", &[&["--all-targets"]]),
    ("xtask", &[&["--all-targets"]]),
];

/// `cargo xtask check`.
pub(crate) fn command(arguments: &[String]) -> Outcome<ExitCode> {
    let environment = setup::for_checking()?;
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => run(&environment)?,
        ["--update-allow-list"] => allow_list::update(&environment)?,
        _ => {
            complain("`cargo xtask check` takes nothing but --update-allow-list");
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs every check.
pub(crate) fn run(environment: &Environment) -> Outcome<()> {
    announce("checks", "1 minute warm, 10 cold");
    let time = Stopwatch::start();
    let mut failed = Vec::new();
    for (name, check) in checks(environment) {
        say(&format!("  - {name}"));
        if let Err(problem) = check() {
            complain(&problem.to_string());
            failed.push(name);
        }
    }
    time.done("checks");
    if failed.is_empty() {
        return Ok(());
    }
    Err(Problem::new("checks failed", failed.join(", "), "their messages are above"))
}

type Check<'a> = (String, Box<dyn Fn() -> Outcome<()> + 'a>);

fn checks(environment: &Environment) -> Vec<Check<'_>> {
    let mut all: Vec<Check<'_>> = vec![
        ("formatting".into(), Box::new(|| run_program(&mut formatting(environment)))),
        ("file lengths".into(), Box::new(file_length::check)),
        ("what the browser's code depends on".into(), Box::new(|| allow_list::check(environment))),
    ];
    if environment.find("cargo-deny").is_some() {
        all.push(("licences and sources".into(), Box::new(|| run_program(&mut deny(environment)))));
    } else {
        // Compiling it takes longer than all other checks together.
        say("  - licences and sources: skipped, as cargo-deny is not on PATH");
    }
    for (package, arguments) in &LINTED {
        let arguments = arguments.concat();
        let name = format!("clippy {package} {}", arguments.join(" "));
        let check = move || run_program(&mut clippy(environment, package, &arguments));
        all.push((name, Box::new(check)));
    }
    all
}

fn formatting(environment: &Environment) -> Command {
    let mut command = environment.command("cargo");
    command.args(["fmt", "--all", "--check"]);
    command
}

fn deny(environment: &Environment) -> Command {
    let mut command = environment.command("cargo");
    command.args(["deny", "check", "bans", "licenses", "sources"]);
    command
}

fn clippy(environment: &Environment, package: &str, arguments: &[&str]) -> Command {
    let mut command = environment.command("cargo");
    command.args(["clippy", "--quiet", "--package", package]).args(arguments);
    command.args(["--", "-D", "warnings"]);
    command
}
