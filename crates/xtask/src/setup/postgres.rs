//! PostgreSQL's programs, from which the tests start a server of their own.

use std::fs;
use std::path::{Path, PathBuf};

use super::apt;
use crate::environment::Environment;
use crate::problem::{Outcome, Problem};

const PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];
/// Debian keeps them off the search path, in a folder for each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The folder with the programs.
pub(crate) fn provide(environment: &Environment) -> Outcome<PathBuf> {
    if let Some(present) = find(environment) {
        return Ok(present);
    }
    apt::try_install(environment, &["postgresql"]);
    find(environment).ok_or_else(|| {
        Problem::new(
            "no PostgreSQL (initdb, pg_ctl, postgres)",
            "every test of a store runs on SQLite and PostgreSQL",
            "install PostgreSQL 15 or later and put its programs on PATH; no server need run",
        )
    })
}

fn find(environment: &Environment) -> Option<PathBuf> {
    let on_path = environment.find("initdb").and_then(|initdb| fs::canonicalize(initdb).ok());
    let beside = on_path.and_then(|initdb| initdb.parent().map(Path::to_path_buf));
    beside.filter(|directory| is_whole(directory)).or_else(newest_of_debian)
}

fn newest_of_debian() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN).ok()?.flatten().filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        Some((version, entry.path().join("bin")))
    });
    versions.filter(|(_, directory)| is_whole(directory)).max().map(|(_, directory)| directory)
}

fn is_whole(directory: &Path) -> bool {
    PROGRAMS.iter().all(|program| directory.join(program).is_file())
}
