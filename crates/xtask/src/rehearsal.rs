//! The README's first command, `cargo xtask run`, as a newcomer types it: it must come to serve.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::environment::Environment;
use crate::problem::{Outcome, Problem};
use crate::report::say;

/// What the program says when it can be used.
const READY: &str = "Carnet is ready on ";

/// Starts it on a free port and an empty database, asks for a page, and stops it.
pub(crate) fn run(environment: &Environment) -> Outcome<()> {
    say("==> cargo xtask run");
    let folder = std::env::temp_dir().join(format!("carnet-rehearsal-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|error| problem(&error.to_string()))?;
    let address = free_address()?;
    let mut child = environment
        .command("cargo")
        .args(["xtask", "run", "--set", &format!("server.address={address}"), "--set"])
        .arg(format!("database.url=sqlite://{}", folder.join("carnet.db").display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| problem(&error.to_string()))?;
    let shown = wait_until_ready(&mut child).and_then(|()| ask_for_a_page(&address));
    // The child became the server: a signal to it is a signal to the server.
    let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    let status = child.wait().map_err(|error| problem(&error.to_string()))?;
    // It lies in the folder for temporary files, where leftovers do no harm.
    let _ = fs::remove_dir_all(&folder);
    shown?;
    if status.success() { Ok(()) } else { Err(problem(&format!("it ended with {status}"))) }
}

fn free_address() -> Outcome<String> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.map(|address| address.to_string()).map_err(|error| problem(&error.to_string()))
}

fn wait_until_ready(child: &mut Child) -> Outcome<()> {
    let Some(stdout) = child.stdout.take() else { return Err(problem("it has no output")) };
    let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
    let ready = lines.any(|line| line.starts_with(READY));
    if ready { Ok(()) } else { Err(problem("it ended before it was ready")) }
}

fn ask_for_a_page(address: &str) -> Outcome<()> {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let request =
            format!("GET /login HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    let answer = ask().map_err(|error| problem(&error.to_string()))?;
    let is_the_page = answer.starts_with("HTTP/1.1 200") && answer.contains("Sign in");
    if is_the_page { Ok(()) } else { Err(problem("its sign-in page is not what it should be")) }
}

fn problem(why: &str) -> Problem {
    Problem::new("`cargo xtask run` does not serve", why, "its output is above")
}
