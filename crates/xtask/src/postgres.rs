//! A PostgreSQL server that lives as long as the tests or measurements that need it.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, io, process};

use crate::environment::Environment;
use crate::problem::{Outcome, Problem};
use crate::process::{run, succeeds, text_of};
use crate::report::{Stopwatch, announce};

/// Waits until its input closes, which it does however xtask ends, then stops the server and removes its files. It
/// ignores the signals that Ctrl-C sends to all.
const GUARDIAN: &str = "\
trap '' INT TERM HUP
read -r _
\"$@\" >/dev/null 2>&1
rm -rf -- \"$CARNET_POSTGRES_DIRECTORY\"
";

/// What a commit is worth.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commits {
    /// Nothing: the tests are quicker, and nobody needs what they wrote.
    Forgettable,
    /// It is on the disk, as PostgreSQL has it by default.
    Kept,
}

/// A running server with files of its own; dropping it stops it and removes them.
pub(crate) struct Postgres {
    guardian: Child,
    port: u16,
}

impl Postgres {
    /// Makes a database and starts a server on a free port.
    pub(crate) fn start(environment: &Environment, commits: Commits) -> Outcome<Self> {
        announce("PostgreSQL with files of its own", "about 5 s");
        let time = Stopwatch::start();
        let cluster = Cluster::new(environment)?;
        let port = free_port().map_err(|error| cannot_start(&error))?;
        let guardian = cluster.guardian().map_err(|error| cannot_start(&error))?;
        // From here on the guardian cleans up, whatever fails.
        let server = Self { guardian, port };
        cluster.create()?;
        cluster.start(port, commits)?;
        time.done("PostgreSQL");
        Ok(server)
    }

    /// Where it is reached; anybody on this machine is let in.
    pub(crate) fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// The same for another database.
    pub(crate) fn url_of(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Where it listens on this machine.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// A client program of it, told where it is.
    pub(crate) fn client(&self, environment: &Environment, program: &str) -> Command {
        let programs = environment.postgres.clone().unwrap_or_default();
        let mut command = environment.command(programs.join(program));
        command.args(["--host=127.0.0.1", "--username=postgres"]);
        command.arg(format!("--port={}", self.port));
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.guardian.stdin.take());
        // It has nothing to tell: it cleans up as well as it can.
        let _ = self.guardian.wait();
    }
}

/// The programs and files of one server.
struct Cluster<'a> {
    environment: &'a Environment,
    programs: PathBuf,
    directory: PathBuf,
    user: Option<&'static str>,
}

impl<'a> Cluster<'a> {
    fn new(environment: &'a Environment) -> Outcome<Self> {
        Ok(Self {
            environment,
            programs: environment.postgres.clone().unwrap_or_default(),
            directory: env::temp_dir().join(format!("carnet-postgres-{}", process::id())),
            user: unprivileged_user(environment)?,
        })
    }

    fn guardian(&self) -> io::Result<Child> {
        let mut stop = self.as_its_user("pg_ctl");
        // At once: nobody needs what was written.
        stop.args(["stop", "--mode=immediate", "--wait", "--pgdata"]).arg(&self.directory);
        self.environment
            .command("sh")
            .args(["-c", GUARDIAN, "guardian"])
            .arg(stop.get_program())
            .args(stop.get_args())
            .env("CARNET_POSTGRES_DIRECTORY", &self.directory)
            .stdin(Stdio::piped())
            // Whoever reads our output must not have to wait for it.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
    }

    fn create(&self) -> Outcome<()> {
        let mut folder = self.environment.command("install");
        folder.args(["-d", "-m", "700"]);
        if let Some(user) = self.user {
            folder.args(["-o", user]);
        }
        run(folder.arg(&self.directory))?;
        let mut initdb = self.as_its_user("initdb");
        initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale"]);
        text_of(initdb.args(["--no-sync", "--pgdata"]).arg(&self.directory)).map(drop)
    }

    fn start(&self, port: u16, commits: Commits) -> Outcome<()> {
        // No Unix socket: its path would be too long in some temporary directories.
        let mut options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' \
             -c max_connections=300"
        );
        if commits == Commits::Forgettable {
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off";
        }
        let mut start = self.as_its_user("pg_ctl");
        start.args(["start", "--wait", "--silent", "--pgdata"]).arg(&self.directory);
        start.arg("--log").arg(self.directory.join("server.log")).args(["--options", &options]);
        run(start.stdin(Stdio::null()))
    }

    /// PostgreSQL refuses to run as root.
    fn as_its_user(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let Some(user) = self.user else { return self.at_home(program) };
        let mut command = self.at_home("setpriv");
        command.arg(format!("--reuid={user}")).arg(format!("--regid={}", group_of(user)));
        command.args(["--clear-groups", "--"]).arg(program);
        command
    }

    /// In a directory that its user may enter, which the clone need not be.
    fn at_home(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = self.environment.command(program);
        command.current_dir(Path::new("/"));
        command
    }
}

fn group_of(user: &str) -> &str {
    if user == "nobody" { "nogroup" } else { user }
}

/// The user to run as when xtask runs as root.
fn unprivileged_user(environment: &Environment) -> Outcome<Option<&'static str>> {
    if !crate::setup::is_root(environment) {
        return Ok(None);
    }
    let exists = |user: &&str| succeeds(environment.command("id").args(["-u", user]));
    ["postgres", "nobody"].into_iter().find(exists).map(Some).ok_or_else(|| {
        Problem::new(
            "no user for PostgreSQL",
            "it refuses to run as root",
            "add a user named postgres, or run as another user than root",
        )
    })
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn cannot_start(error: &io::Error) -> Problem {
    Problem::new(
        "cannot start PostgreSQL",
        error.to_string(),
        "are there free ports and processes?",
    )
}
