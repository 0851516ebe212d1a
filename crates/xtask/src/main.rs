//! `cargo xtask`: sets up, checks, tests and runs Carnet with nothing but cargo.

mod bench;
mod check;
mod counts;
mod e2e;
mod endure;
mod environment;
mod interop;
mod postgres;
mod problem;
mod process;
mod project;
mod rehearsal;
mod report;
mod run;
#[cfg(test)]
mod security_table;
mod setup;
mod simulate;
mod site;
mod tally;
mod test;

use std::env;
use std::process::ExitCode;

use crate::problem::Outcome;
use crate::report::{complain, say};

const USAGE: &str = "\
cargo xtask [--yes] <command>

On a terminal, set-up asks before it installs packages, removes folders of the system or sets a rustup
override; --yes answers with yes.

  setup   bring every tool that building and testing need; seconds when all is there,
          about 10 minutes on a bare machine
  run     set up, build the release and serve it; the first time 10 to 20 minutes.
          What follows goes to `carnet serve`
  watch   set up, then `cargo leptos watch`: rebuilds and reloads at every change
  check   formatting, lints, documentation, licences, known vulnerabilities, file lengths, what the
          browser's code depends on;
          2 minutes warm, 15 cold. --update-allow-list writes that list anew
  test    set up, then everything that CI runs; 10 minutes warm, up to an hour cold
  e2e     set up, build the release, run the browser tests; 3 minutes warm.
          What follows goes to `playwright test`
  interop set up, build the release, let other people's verifiers try its tokens; 1 minute
          warm. A path that follows is a program to try instead of building one
  simulate
          build the simulator's release, play 10000 histories and 1000 thefts of each kind, and
          print how long thieves live; a quarter of an hour. --histories N, --seed N plays one
  bench   set up, build the release, measure it beside simplejwt, better-auth and the machine's limits,
          and write docs/benchmarks.md; 40 minutes on a machine that does nothing else.
          --rounds N, --seconds N, --only NAME; a path is a program to measure instead of building one
  endure  the server's races, crashes and forgeries as often as is promised, with their
          figures; half an hour. What follows goes to cargo, such as --release
";

fn main() -> ExitCode {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    setup::take_consent_from(&mut arguments);
    let mut arguments = arguments.into_iter();
    let command = arguments.next();
    let rest: Vec<String> = arguments.collect();
    match dispatch(command.as_deref(), &rest) {
        Ok(code) => code,
        Err(problem) => {
            complain(&problem.to_string());
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Option<&str>, rest: &[String]) -> Outcome<ExitCode> {
    match command {
        Some(name @ ("setup" | "test")) if !rest.is_empty() => {
            complain(&format!(
                "`cargo xtask {name}` takes no more words, but got: {}",
                rest.join(" ")
            ));
            Ok(ExitCode::from(2))
        }
        None | Some("help" | "--help" | "-h") => {
            say(USAGE.trim_end());
            Ok(ExitCode::SUCCESS)
        }
        Some("setup") => {
            setup::verifiers(&setup::everything()?)?;
            Ok(ExitCode::SUCCESS)
        }
        Some("check") => check::command(rest),
        Some("test") => test::command(),
        Some("e2e") => e2e::command(rest),
        Some("interop") => interop::command(rest),
        Some("simulate") => simulate::command(rest),
        Some("bench") => bench::command(rest),
        Some("endure") => endure::command(rest),
        Some("run") => run::serve(rest),
        Some("watch") => run::watch(rest),
        Some(unknown) => {
            complain(&format!(
                "there is no command \"{unknown}\"; `cargo xtask --help` lists them"
            ));
            Ok(ExitCode::from(2))
        }
    }
}
