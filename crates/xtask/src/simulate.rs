//! Long runs of the simulator: histories by chance, and how long thieves live.

use std::process::ExitCode;

use crate::environment::Environment;
use crate::problem::Outcome;
use crate::process::run;
use crate::report::{announce, complain};

/// `cargo xtask simulate`.
pub(crate) fn command(arguments: &[String]) -> Outcome<ExitCode> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let environment = Environment::new();
    match arguments[..] {
        [] => {
            simulate(&environment, &["histories"], "10000 histories, about 8 minutes")?;
            simulate(&environment, &["thief"], "1000 thefts of each kind, about 6 minutes")?;
        }
        ["--histories", count] => {
            simulate(&environment, &["histories", count], "100 histories take 5 seconds")?;
        }
        ["--seed", seed] => simulate(&environment, &["seed", seed], "a moment")?,
        ["--seed", seed, setting] => {
            simulate(&environment, &["seed", seed, setting], "a moment")?;
        }
        _ => {
            complain(
                "`cargo xtask simulate` takes --histories N, or --seed N [whole|short|poor], or nothing",
            );
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn simulate(environment: &Environment, arguments: &[&str], expected: &str) -> Outcome<()> {
    announce(&format!("simulator: {}", arguments.join(" ")), expected);
    let mut command = environment.command("cargo");
    command.args(["run", "--quiet", "--release", "--package", "carnet-simulator", "--"]);
    run(command.args(arguments))
}
