//! The clone that xtask works on: where it is and what its lock file says.

use std::fs;
use std::path::{Path, PathBuf};

use crate::environment::Environment;
use crate::problem::{Outcome, Problem};
use crate::process::text_of;

/// The top of the clone that this xtask was compiled from.
pub(crate) fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own)
}

/// Reads a file of the clone.
pub(crate) fn read(path: impl AsRef<Path>) -> Outcome<String> {
    let path = root().join(path);
    fs::read_to_string(&path).map_err(|error| {
        Problem::new(
            format!("cannot read {}", path.display()),
            error.to_string(),
            "is this a whole clone?",
        )
    })
}

/// The version that `Cargo.lock` holds of a package.
pub(crate) fn locked_version(package: &str) -> Outcome<String> {
    version_in(&read("Cargo.lock")?, package).ok_or_else(|| {
        Problem::new(
            format!("{package} is not in Cargo.lock"),
            "the tools must match its version",
            "run `cargo generate-lockfile`",
        )
    })
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    let version = lines.next()?.strip_prefix("version = \"")?;
    Some(version.trim_end_matches('"').into())
}

/// Where cargo puts what it builds: `CARGO_TARGET_DIR` and cargo's settings decide, so cargo is asked.
pub(crate) fn target_directory(environment: &Environment) -> Outcome<PathBuf> {
    let mut metadata = environment.command("cargo");
    metadata.args(["metadata", "--no-deps", "--format-version", "1"]);
    let described = text_of(&mut metadata)?;
    directory_in(&described).map(PathBuf::from).ok_or_else(|| {
        Problem::new(
            "`cargo metadata` names no target directory",
            "the built program is looked for there",
            "is this a current cargo?",
        )
    })
}

fn directory_in(metadata: &str) -> Option<String> {
    let (_, rest) = metadata.split_once("\"target_directory\":\"")?;
    let (path, _) = rest.split_once('"')?;
    Some(path.replace("\\\\", "\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "\
[[package]]
name = \"wasm-bindgen-futures\"
version = \"0.4.99\"

[[package]]
name = \"wasm-bindgen\"
version = \"0.2.130\"
source = \"registry\"
";

    #[test]
    fn the_locked_version_is_that_of_the_very_package() {
        assert_eq!(version_in(LOCK, "wasm-bindgen").as_deref(), Some("0.2.130"));
    }

    #[test]
    fn a_package_that_is_not_locked_has_no_version() {
        assert_eq!(version_in(LOCK, "bindgen"), None);
    }

    #[test]
    fn the_target_directory_is_read_from_cargos_metadata() {
        let metadata = r#"{"packages":[],"target_directory":"/srv/target","version":1}"#;
        assert_eq!(directory_in(metadata).as_deref(), Some("/srv/target"));
    }

    #[test]
    fn the_root_of_the_clone_holds_the_workspace() {
        assert!(root().join("crates/xtask/Cargo.toml").is_file());
    }
}
