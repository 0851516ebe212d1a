//! Python's packages, in folders of their own: nothing of the system's Python is changed.

use std::fs;
use std::path::{Path, PathBuf};

use super::apt;
use crate::environment::{Environment, tools_directory};
use crate::problem::{Outcome, Problem};
use crate::process::{run, succeeds};
use crate::project::{read, root};
use crate::report::{Stopwatch, announce, say};

/// What joserfc asks for, and it will do for all.
const OLDEST: &str = "3.11";

/// Installs what a folder's `requirements.txt` names, unless it has not changed since; the Python that has it.
pub(crate) fn provide(environment: &Environment, folder: &str) -> Outcome<PathBuf> {
    let file = format!("{folder}/requirements.txt");
    let requirements = read(&file)?;
    let announced = format!("Python's packages for {folder}/, with pip");
    let folder = tools_directory().join(folder.replace('/', "-"));
    let python = folder.join("bin/python");
    let stamp = folder.join(".carnet-installed");
    let unchanged = fs::read_to_string(&stamp).is_ok_and(|installed| installed == requirements);
    // It is a link to the Python that it was made with, which may have been replaced.
    if unchanged && succeeds(environment.command(&python).arg("--version")) {
        return Ok(python);
    }
    announce(&announced, "about half a minute");
    let time = Stopwatch::start();
    make(environment, &folder)?;
    let mut install = environment.command(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    run(install.arg("--requirement").arg(root().join(&file)))?;
    // Without the stamp they are only installed once more.
    let _ = fs::write(stamp, requirements);
    time.done("Python's packages");
    Ok(python)
}

fn make(environment: &Environment, folder: &Path) -> Outcome<()> {
    if is_made(environment, folder) {
        return Ok(());
    }
    say("    no Python that makes virtual environments");
    // Debian packages Python without them.
    apt::try_install(environment, &["python3", "python3-venv"]);
    if is_made(environment, folder) {
        return Ok(());
    }
    Err(Problem::new(
        format!("no Python {OLDEST} or later with venv and pip"),
        "PyJWT, joserfc and Django run on it",
        "install it; on Debian `apt-get install python3-venv`",
    ))
}

/// Makes it anew: what another list of requirements has left must not be found.
fn is_made(environment: &Environment, folder: &Path) -> bool {
    let recent = format!("import sys, venv; sys.exit(sys.version_info < ({}))", tuple(OLDEST));
    succeeds(environment.command("python3").args(["-c", &recent]))
        && succeeds(environment.command("python3").args(["-m", "venv", "--clear"]).arg(folder))
}

fn tuple(version: &str) -> String {
    version.replace('.', ", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_number_by_number() {
        assert_eq!(tuple("3.11"), "3, 11");
    }
}
