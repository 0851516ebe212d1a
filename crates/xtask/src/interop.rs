//! Other people's verifiers: do they accept Carnet's tokens, knowing nothing but where its keys are?

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitCode, Stdio};

use crate::counts::Runner;
use crate::environment::Environment;
use crate::problem::{Outcome, Problem};
use crate::project::root;
use crate::report::{Stopwatch, announce, complain};
use crate::tally::Tally;
use crate::{setup, site};

/// What the issuer says when the verifiers can begin, before the file in which the tokens are.
const ISSUED: &str = "issued ";

/// Sets up, builds unless a program is named, and lets the verifiers try its tokens.
pub(crate) fn command(arguments: &[String]) -> Outcome<ExitCode> {
    let (environment, binary) = match arguments {
        [] => {
            let environment = setup::for_running()?;
            let binary = site::build(&environment)?;
            (environment, binary)
        }
        [binary] => (Environment::new(), absolute(binary)),
        _ => {
            complain("`cargo xtask interop` takes nothing but the path of a program");
            return Ok(ExitCode::from(2));
        }
    };
    let mut tally = Tally::default();
    run(&environment, &binary, &mut tally);
    Ok(tally.close())
}

/// Runs the verifiers against a program that is already built.
pub(crate) fn run(environment: &Environment, binary: &Path, tally: &mut Tally) {
    announce("other people's verifiers", "half a minute; the first time they are installed");
    let time = Stopwatch::start();
    let ready = setup::verifiers(environment)
        .and_then(|python| Ok((python, Issuer::start(environment, binary)?)));
    match ready {
        Ok((python, issuer)) => issuer.ask_verifiers(environment, &python, tally),
        Err(problem) => tally.failure(&problem),
    }
    time.done("other people's verifiers");
}

/// Relative to where the caller stands, which need not be the top of the clone.
fn absolute(binary: &str) -> PathBuf {
    std::path::absolute(binary).unwrap_or_else(|_| binary.into())
}

/// A Carnet that has issued tokens, and serves the keys for as long as this lives.
struct Issuer {
    child: Child,
    tokens: PathBuf,
}

impl Issuer {
    fn start(environment: &Environment, binary: &Path) -> Outcome<Self> {
        let mut child = environment
            .command("node")
            .arg("interop/issuer/main.mjs")
            .arg(binary)
            // It ends when this closes, which it does however xtask ends.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| problem(&error.to_string()))?;
        let lines = child.stdout.take().map(|stdout| BufReader::new(stdout).lines());
        let mut lines = lines.into_iter().flatten().map_while(Result::ok);
        let tokens = lines.find_map(|line| line.strip_prefix(ISSUED).map(PathBuf::from));
        // Dropping it waits for its end.
        let mut issuer = Self { child, tokens: PathBuf::new() };
        issuer.tokens = tokens.ok_or_else(|| problem("it ended before it had issued any"))?;
        Ok(issuer)
    }

    fn ask_verifiers(&self, environment: &Environment, python: &Path, tally: &mut Tally) {
        let folder = root().join("interop");
        let mut node = environment.command("node");
        node.args(["--test", "--test-reporter=spec"]).current_dir(folder.join("node"));
        node.env("CARNET_ISSUED", &self.tokens);
        tally.tests("Carnet's tokens with jose and oauth4webapi", Runner::NodeTest, &mut node);

        let mut unittest = environment.command(python);
        unittest.args(["-B", "-m", "unittest", "--verbose"]).current_dir(folder.join("python"));
        unittest.env("CARNET_ISSUED", &self.tokens);
        let name = "Carnet's tokens with PyJWT, joserfc and simplejwt";
        tally.tests(name, Runner::Unittest, &mut unittest);
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // What was to be verified is verified; it cleans up as well as it can.
        let _ = self.child.wait();
    }
}

fn problem(why: &str) -> Problem {
    Problem::new("Carnet has issued no tokens for the verifiers", why, "its output is above")
}

#[cfg(test)]
mod tests {
    use crate::project::read;

    #[test]
    fn the_documents_name_the_versions_that_verify() {
        let requirements = read("interop/python/requirements.txt").expect("it is there");
        let package = read("interop/node/package.json").expect("it is there");
        let (_, dependencies) = package.split_once("\"dependencies\"").expect("it has some");
        let python = requirements.lines().filter_map(|line| line.split_once("=="));
        let node = dependencies.lines().filter_map(|line| line.split_once("\": \""));

        let documents = read("docs/running.md").expect("it is there");
        let mut compared = 0;
        for (name, version) in python.chain(node) {
            let name = name.split('[').next().unwrap_or_default().trim_matches([' ', '"']);
            let row = format!("| {name} | {} |", version.trim_end_matches([',', '"']));
            assert!(documents.contains(&row), "docs/running.md lacks {row}");
            compared += 1;
        }
        assert_eq!(compared, 7);
    }
}
