//! A server that runs as long as it is measured, and not a moment longer.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::environment::Environment;
use crate::problem::{Outcome, Problem};

/// Starts the server, says its process id, waits until its own input closes, which it does however xtask
/// ends, and ends the server, at last by force. It outlives the signals that Ctrl-C sends to all.
const GUARDIAN: &str = r#"
trap : INT TERM HUP
"$@" </dev/null >"$BENCH_LOG" 2>&1 &
server=$!
echo "$server"
exec 2>/dev/null
read -r _
kill -TERM "$server"
(sleep 15; kill -KILL "$server") >/dev/null &
force=$!
wait "$server"
kill "$force"
"#;

/// Lines of a log that are shown where a server does not do what it should.
const LAST_LINES: usize = 12;

/// A running server; dropping it ends it.
pub(super) struct Guarded {
    guardian: Child,
    log: PathBuf,
    process: u32,
}

impl Guarded {
    /// Starts it; what it prints goes to the log.
    pub(super) fn start(environment: &Environment, server: &Command, log: &Path) -> Outcome<Self> {
        let mut command = environment.command("sh");
        command
            .args(["-c", GUARDIAN, "guardian"])
            .arg(server.get_program())
            .args(server.get_args());
        for (name, value) in server.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let Some(folder) = server.get_current_dir() {
            command.current_dir(folder);
        }
        command.env("BENCH_LOG", log).stdin(Stdio::piped()).stdout(Stdio::piped());
        let cannot = |why: String| Problem::new("cannot start a server", why, "is sh on PATH?");
        let mut guardian = command.spawn().map_err(|error| cannot(error.to_string()))?;
        let mut line = String::new();
        if let Some(stdout) = guardian.stdout.take() {
            // An empty line is told below.
            let _ = BufReader::new(stdout).read_line(&mut line);
        }
        let guarded =
            Self { guardian, log: log.to_owned(), process: line.trim().parse().unwrap_or(0) };
        if guarded.process == 0 {
            return Err(cannot("its guardian did not say its process".to_owned()));
        }
        Ok(guarded)
    }

    pub(super) fn process(&self) -> u32 {
        self.process
    }

    /// What it last said.
    pub(super) fn last_words(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        drop(self.guardian.stdin.take());
        // It ends the server by force if need be; it has nothing to tell.
        let _ = self.guardian.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::succeeds;

    #[test]
    fn a_server_ends_with_what_started_it_and_leaves_its_words() {
        let environment = Environment::new();
        let log = std::env::temp_dir().join(format!("carnet-guarded-{}.log", std::process::id()));
        let mut server = environment.command("sh");
        server.args(["-c", "echo $GREETING; exec sleep 60"]).env("GREETING", "hello");
        let guarded = Guarded::start(&environment, &server, &log).expect("sh is there");
        let process = guarded.process().to_string();
        let lives = || succeeds(environment.command("kill").args(["-0", &process]));
        assert!(lives());
        while guarded.last_words().is_empty() {}
        assert_eq!(guarded.last_words(), "hello");
        drop(guarded);
        assert!(!lives());
        let _ = fs::remove_file(log);
    }
}
