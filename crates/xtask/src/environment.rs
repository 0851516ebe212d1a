//! What the programs that xtask starts see: search path, toolchain, nothing of cargo's own.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::project;

/// Directories that cargo and rustup put in front for xtask itself. A compiler of another toolchain must not load its
/// libraries from there.
const LIBRARY_PATHS: [&str; 2] = ["LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"];

/// What set-up found out, and every child is given.
pub(crate) struct Environment {
    search_path: OsString,
    toolchain: Option<String>,
    /// The browser to test with; without one Playwright uses its own.
    pub(crate) browser: Option<PathBuf>,
    /// Where PostgreSQL's programs are.
    pub(crate) postgres: Option<PathBuf>,
}

impl Environment {
    /// The caller's environment, with the tools that xtask keeps for itself first on the search path.
    pub(crate) fn new() -> Self {
        let mut environment = Self {
            search_path: env::var_os("PATH").unwrap_or_default(),
            toolchain: None,
            browser: None,
            postgres: None,
        };
        let tools = tools_directory();
        environment.put_first(&tools.join("node_modules/.bin"));
        environment.put_first(&tools.join("bin"));
        environment.put_last(&cargo_home().join("bin"));
        environment
    }

    /// Puts a directory first on the children's search path.
    pub(crate) fn put_first(&mut self, directory: &Path) {
        let others = env::split_paths(&self.search_path).filter(|other| other != directory);
        let all: Vec<PathBuf> = std::iter::once(directory.to_path_buf()).chain(others).collect();
        self.search(all);
    }

    /// Lets the children find what is in a directory and nowhere else.
    fn put_last(&mut self, directory: &Path) {
        let mut all: Vec<PathBuf> = env::split_paths(&self.search_path).collect();
        if !all.iter().any(|other| other == directory) {
            all.push(directory.to_path_buf());
        }
        self.search(all);
    }

    fn search(&mut self, directories: Vec<PathBuf>) {
        // A directory with a colon in its name cannot be on a search path at all; then the path stays as it is.
        if let Ok(joined) = env::join_paths(directories) {
            self.search_path = joined;
        }
    }

    /// Lets every child build with this rustup toolchain instead of the active one.
    pub(crate) fn use_toolchain(&mut self, name: &str) {
        self.toolchain = Some(name.into());
    }

    /// Lets every child build with the toolchain that is active anyway.
    pub(crate) fn use_active_toolchain(&mut self) {
        self.toolchain = None;
    }

    /// Where the children would find a program.
    pub(crate) fn find(&self, program: &str) -> Option<PathBuf> {
        env::split_paths(&self.search_path)
            .map(|directory| directory.join(program))
            .find(|candidate| candidate.is_file())
    }

    /// A command that starts at the top of the clone.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(project::root()).env("PATH", &self.search_path);
        forget_cargos_own(&mut command);
        if let Some(toolchain) = &self.toolchain {
            // RUSTUP_TOOLCHAIN is otherwise inherited: rustup sets it for xtask to what the caller chose.
            command.env("RUSTUP_TOOLCHAIN", toolchain).env_remove("RUSTUP_TOOLCHAIN_SOURCE");
        }
        if let Some(directory) = env::var_os("CARGO_TARGET_DIR") {
            // Relative to where the caller stands, which need not be the top.
            let absolute = std::path::absolute(&directory).unwrap_or_else(|_| directory.into());
            command.env("CARGO_TARGET_DIR", absolute);
        }
        command
    }
}

/// Removes what `cargo run` told xtask about xtask.
fn forget_cargos_own(command: &mut Command) {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(describes_a_package) {
            command.env_remove(name);
        }
    }
    for name in LIBRARY_PATHS {
        if let Some(value) = env::var_os(name) {
            match without_toolchains(&value, env::current_exe().ok().as_deref()) {
                Some(rest) => command.env(name, rest),
                None => command.env_remove(name),
            };
        }
    }
}

fn describes_a_package(name: &str) -> bool {
    matches!(name, "CARGO" | "RUST_RECURSION_COUNT")
        || ["CARGO_MANIFEST_", "CARGO_PKG_"].iter().any(|prefix| name.starts_with(prefix))
}

fn without_toolchains(paths: &OsStr, own: Option<&Path>) -> Option<OsString> {
    let build = own.and_then(Path::parent);
    let rest: Vec<PathBuf> = env::split_paths(paths)
        .filter(|path| !path.components().any(|part| part.as_os_str() == "toolchains"))
        .filter(|path| !build.is_some_and(|build| resolved(path).starts_with(build)))
        .filter(|path| !path.as_os_str().is_empty())
        .collect();
    if rest.is_empty() { None } else { env::join_paths(rest).ok() }
}

/// Without `..` and links, as the path of a running program is given.
fn resolved(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

/// Where cargo keeps what it installs.
pub(crate) fn cargo_home() -> PathBuf {
    let chosen = env::var_os("CARGO_HOME").map(PathBuf::from);
    chosen.unwrap_or_else(|| env::home_dir().unwrap_or_default().join(".cargo"))
}

/// Where tools go that must not replace the user's own: outside of the clone, too.
pub(crate) fn tools_directory() -> PathBuf {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || env::home_dir().unwrap_or_else(env::temp_dir).join(".cache");
    cache.unwrap_or_else(home).join("carnet/tools")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_learn_nothing_about_the_package_xtask() {
        assert!(describes_a_package("CARGO"));
        assert!(describes_a_package("CARGO_PKG_NAME"));
        assert!(describes_a_package("CARGO_MANIFEST_DIR"));
    }

    #[test]
    fn children_keep_what_the_caller_told_cargo() {
        assert!(!describes_a_package("CARGO_HOME"));
        assert!(!describes_a_package("CARGO_TARGET_DIR"));
        assert!(!describes_a_package("CARGO_TERM_COLOR"));
    }

    #[test]
    fn libraries_of_the_toolchain_that_built_xtask_are_forgotten() {
        let own = Path::new("/clone/target/debug/xtask");
        let paths = OsStr::new(
            "/clone/target/debug/deps:/clone/target/debug:/home/a/.rustup/toolchains/stable/lib:/opt/lib",
        );
        assert_eq!(without_toolchains(paths, Some(own)), Some("/opt/lib".into()));
    }

    #[test]
    fn a_directory_put_first_is_on_the_path_once() {
        let mut environment = Environment::new();
        environment.put_first(Path::new("/somewhere/bin"));
        environment.put_first(Path::new("/somewhere/bin"));
        let directories: Vec<PathBuf> = env::split_paths(&environment.search_path).collect();
        assert_eq!(directories[0], Path::new("/somewhere/bin"));
        assert!(!directories[1..].contains(&directories[0]));
    }
}
