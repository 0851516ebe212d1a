//! Running other programs: to success, for their text, line by line, or within a time.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::problem::{Outcome, Problem};
use crate::report::Stopwatch;

/// Runs a program that writes straight to the terminal.
pub(crate) fn run(command: &mut Command) -> Outcome<()> {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(failed(command, status)) }
}

/// Whether a program, run unseen, succeeds.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    silent(command).status().is_ok_and(|status| status.success())
}

/// What a program writes to standard output; what it complains about goes to the terminal.
pub(crate) fn text_of(command: &mut Command) -> Outcome<String> {
    command.stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().map_err(|error| cannot_start(command, &error))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(failed(command, output.status))
    }
}

/// What a program says when asked, unseen; nothing when it is absent or fails.
pub(crate) fn answer_of(command: &mut Command) -> Option<String> {
    let output = silent(command).stdout(Stdio::piped()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a program to its end with this text as its input; whether it succeeded.
pub(crate) fn accepts(command: &mut Command, input: &str) -> bool {
    let Ok(mut child) = silent(command).stdin(Stdio::piped()).spawn() else { return false };
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ends before it has read everything says so with its exit status.
        let _ = stdin.write_all(input.as_bytes());
    }
    child.wait().is_ok_and(|status| status.success())
}

/// Runs a program, shows its lines as they come, and hands each to `read`.
pub(crate) fn stream(command: &mut Command, mut read: impl FnMut(&str)) -> Outcome<ExitStatus> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| cannot_start(command, &error))?;
    let lines = lines_of(child.stdout.take(), child.stderr.take());
    for line in lines {
        show(&line);
        read(&line);
    }
    child.wait().map_err(|error| cannot_start(command, &error))
}

/// How long a program may show no progress, and how long it may take in all.
pub(crate) struct Patience {
    pub(crate) quiet: Duration,
    pub(crate) total: Duration,
}

/// Runs a program that may hang where a server cannot be reached. A line that it writes and a change of `progress`
/// (say, of what it has downloaded) count as signs of life. Whether it succeeded in time.
pub(crate) fn within(
    command: &mut Command,
    patience: &Patience,
    progress: impl Fn() -> u64,
) -> Outcome<bool> {
    // A group of its own, so that its helpers end with it.
    command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| cannot_start(command, &error))?;
    let lines = lines_of(child.stdout.take(), child.stderr.take());
    if !ends_in_time(&lines, patience, progress) {
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status();
    }
    let status = child.wait().map_err(|error| cannot_start(command, &error))?;
    Ok(status.success())
}

fn ends_in_time(lines: &Receiver<String>, patience: &Patience, progress: impl Fn() -> u64) -> bool {
    let whole = Stopwatch::start();
    let mut quiet = Stopwatch::start();
    let mut before = progress();
    loop {
        match lines.recv_timeout(Duration::from_secs(1)) {
            Ok(line) => {
                show(&line);
                quiet = Stopwatch::start();
            }
            Err(RecvTimeoutError::Disconnected) => return true,
            Err(RecvTimeoutError::Timeout) => {}
        }
        let now = progress();
        if now != before {
            before = now;
            quiet = Stopwatch::start();
        }
        if quiet.elapsed() > patience.quiet || whole.elapsed() > patience.total {
            return false;
        }
    }
}

/// Replaces xtask by a program, so that Ctrl-C and its exit status are the program's own.
pub(crate) fn become_program(command: &mut Command) -> Problem {
    let error = command.exec();
    cannot_start(command, &error)
}

fn silent(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}

fn show(line: &str) {
    eprintln!("{line}");
}

fn lines_of(
    stdout: Option<impl Read + Send + 'static>,
    stderr: Option<impl Read + Send + 'static>,
) -> Receiver<String> {
    let (sender, receiver) = channel();
    forward(stdout, sender.clone());
    forward(stderr, sender);
    receiver
}

fn forward(source: Option<impl Read + Send + 'static>, sender: Sender<String>) {
    let Some(source) = source else { return };
    thread::spawn(move || {
        let mut reader = BufReader::new(source);
        let mut bytes = Vec::new();
        // Bytes, not `lines()`: a test may print what is not UTF-8.
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned();
            if sender.send(line).is_err() {
                return;
            }
            bytes.clear();
        }
    });
}

fn cannot_start(command: &Command, error: &std::io::Error) -> Problem {
    Problem::new(
        format!("cannot run {}", command.get_program().to_string_lossy()),
        error.to_string(),
        "is it installed and on PATH?",
    )
}

fn failed(command: &Command, status: ExitStatus) -> Problem {
    Problem::new(
        format!("`{}` failed", line_of(command)),
        status.to_string(),
        "its output is above",
    )
}

fn line_of(command: &Command) -> String {
    let program = command.get_program();
    let words: Vec<_> =
        std::iter::once(program).chain(command.get_args()).map(OsStr::to_string_lossy).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn patience(quiet: u64, total: u64) -> Patience {
        Patience { quiet: Duration::from_millis(quiet), total: Duration::from_secs(total) }
    }

    #[test]
    fn lines_of_both_streams_are_read() {
        let mut seen = Vec::new();
        let status = stream(&mut shell("echo one; echo two >&2; exit 3"), |line| {
            seen.push(line.to_owned());
        });
        seen.sort();
        assert_eq!(seen, ["one", "two"]);
        assert_eq!(status.map(|status| status.code()).ok(), Some(Some(3)));
    }

    #[test]
    fn a_program_that_shows_no_progress_is_ended() {
        assert_eq!(within(&mut shell("sleep 60"), &patience(100, 60), || 0).ok(), Some(false));
    }

    #[test]
    fn a_program_in_time_is_left_alone() {
        assert_eq!(within(&mut shell("exit 0"), &patience(5000, 60), || 0).ok(), Some(true));
    }

    #[test]
    fn a_failure_names_the_command() {
        let message = run(&mut shell("exit 4")).map_err(|problem| problem.to_string());
        assert_eq!(
            message,
            Err("`sh -c exit 4` failed: exit status: 4; its output is above".to_owned())
        );
    }
}
