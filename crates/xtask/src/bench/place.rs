//! Where the measuring is done: a folder, the programs, a PostgreSQL, and what is ready so far.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{fs, io};

use super::figures::Figures;
use super::guarded::Guarded;
use crate::environment::Environment;
use crate::postgres::{Commits, Postgres, free_port};
use crate::problem::{Outcome, Problem};
use crate::process::{run, text_of};
use crate::report::complain;

/// Removes the folder, which holds a gigabyte, when its input closes, however xtask ends.
const CLEANER: &str = "trap : INT TERM HUP; read -r _; rm -rf -- \"$1\"";

/// What all of it needs. The folder goes when this does.
pub(super) struct Place {
    pub(super) environment: Environment,
    pub(super) carnet: PathBuf,
    /// The same with passwords that cost nothing, if it is there.
    pub(super) cheap: Option<PathBuf>,
    /// Whether the caller named it.
    pub(super) is_named: bool,
    /// The Python that has Django, or why there is none.
    pub(super) django: Result<PathBuf, String>,
    /// Why there is no better-auth, if there is none.
    pub(super) better_auth: Result<(), String>,
    folder: PathBuf,
    cleaner: Child,
    load: PathBuf,
    postgres: Result<Postgres, String>,
    /// What was to be prepared, and whether it was.
    ready: RefCell<BTreeMap<String, bool>>,
}

impl Place {
    /// Starts PostgreSQL with nothing in it.
    pub(super) fn new(environment: Environment, carnet: PathBuf, load: PathBuf) -> Outcome<Self> {
        let folder = std::env::temp_dir().join(format!("carnet-bench-{}", std::process::id()));
        let cannot = |error: io::Error| {
            let what = format!("cannot make {}", folder.display());
            Problem::new(what, error.to_string(), "name another place in TMPDIR")
        };
        fs::create_dir_all(&folder).map_err(cannot)?;
        let mut cleaner = environment.command("sh");
        cleaner.args(["-c", CLEANER, "cleaner"]).arg(&folder);
        // Whoever reads our output must not have to wait for it.
        cleaner.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let cleaner = cleaner.spawn().map_err(cannot)?;
        let postgres = match environment.postgres {
            Some(_) => said(Postgres::start(&environment, Commits::Kept)),
            None => Err("PostgreSQL is not there".to_owned()),
        };
        let nothing = || Err("not asked for".to_owned());
        let cheap = carnet.with_file_name("examples").join("cheap_passwords");
        Ok(Self {
            cheap: cheap.is_file().then_some(cheap),
            django: Err("not asked for".to_owned()),
            better_auth: nothing(),
            ready: RefCell::default(),
            environment,
            carnet,
            is_named: false,
            folder,
            cleaner,
            load,
            postgres,
        })
    }

    pub(super) fn postgres(&self) -> Outcome<&Postgres> {
        let missing = |why: &String| Problem::new("no PostgreSQL", why.clone(), "install it");
        self.postgres.as_ref().map_err(missing)
    }

    /// A folder of its own in the folder.
    pub(super) fn folder(&self, name: &str) -> Outcome<PathBuf> {
        let folder = self.folder.join(name);
        fs::create_dir_all(&folder).map_err(|error| {
            let what = format!("cannot make {}", folder.display());
            Problem::new(what, error.to_string(), "is the disk full?")
        })?;
        Ok(folder)
    }

    /// Removes a folder of its own with what is in it.
    pub(super) fn remove(&self, name: &str) -> Outcome<()> {
        let folder = self.folder(name)?;
        fs::remove_dir_all(&folder).map_err(|error| {
            let what = format!("cannot remove {}", folder.display());
            Problem::new(what, error.to_string(), "is it in use?")
        })
    }

    /// Does what must be done once in a run; a failure is remembered, too.
    pub(super) fn once(&self, name: &str, prepare: impl FnOnce() -> Outcome<()>) -> Outcome<()> {
        let known = self.ready.borrow().get(name).copied();
        let is_ready = known.unwrap_or_else(|| {
            let is_ready = said(prepare()).is_ok();
            self.ready.borrow_mut().insert(name.to_owned(), is_ready);
            is_ready
        });
        if is_ready {
            return Ok(());
        }
        let what = format!("{name}: not ready");
        Err(Problem::new(what, "preparing it failed", "the run's output tells how"))
    }

    /// An empty database of that name.
    pub(super) fn create_database(&self, name: &str) -> Outcome<()> {
        run(self.postgres()?.client(&self.environment, "createdb").arg(name))
    }

    /// Starts a server and waits until it answers.
    pub(super) fn serve(
        &self,
        name: &str,
        address: SocketAddr,
        server: &Command,
    ) -> Outcome<Guarded> {
        let guarded = Guarded::start(&self.environment, server, &self.log(name))?;
        let waited = self.text_of_load(&["wait", &address.to_string()]);
        if waited.is_err() {
            complain(&format!("{name} said:\n{}", guarded.last_words()));
            return Err(Problem::new(
                format!("{name} does not answer"),
                "it was waited for",
                "see above",
            ));
        }
        Ok(guarded)
    }

    fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }

    /// One measurement of the load generator.
    pub(super) fn measure(&self, arguments: &[&str]) -> Outcome<Figures> {
        let output = self.text_of_load(arguments)?;
        Figures::read(&output).ok_or_else(|| {
            let what = format!("`carnet-load {}` gave no figures", arguments.join(" "));
            Problem::new(what, output, "is it of this clone?")
        })
    }

    /// What the load generator says.
    pub(super) fn text_of_load(&self, arguments: &[&str]) -> Outcome<String> {
        text_of(self.environment.command(&self.load).args(arguments)).map_err(|problem| {
            complain(&problem.to_string());
            let what = format!("`carnet-load {}` failed", arguments.first().unwrap_or(&""));
            Problem::new(what, "the server or the machine did not bear it", "see the run's output")
        })
    }

    /// The load generator as a server.
    pub(super) fn load_command(&self) -> Command {
        self.environment.command(&self.load)
    }

    /// What lies in the folder for temporary files, as the kind of file system.
    pub(super) fn kind_of_disk(&self) -> Option<String> {
        let mut df = self.environment.command("df");
        df.args(["--output=fstype"]).arg(&self.folder);
        crate::process::answer_of(&mut df)?.lines().nth(1).map(|line| line.trim().to_owned())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(self.cleaner.stdin.take());
        // It has nothing to tell: it cleans up as well as it can.
        let _ = self.cleaner.wait();
    }
}

/// A free port of this machine, as an address.
pub(super) fn free_address() -> Outcome<SocketAddr> {
    let port = free_port().map_err(|error| {
        Problem::new("no free port", error.to_string(), "end some of what is running")
    })?;
    Ok(SocketAddr::from(([127, 0, 0, 1], port)))
}

/// Says what is wrong at once, and keeps it for the document.
pub(super) fn said<T>(outcome: Outcome<T>) -> Result<T, String> {
    outcome.map_err(|problem| {
        complain(&problem.to_string());
        problem.to_string()
    })
}

/// A path as an argument.
pub(super) fn text(path: &Path) -> String {
    path.display().to_string()
}
