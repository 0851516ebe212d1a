//! Debian's Rust compiler, taught to make WebAssembly: for machines that reach Debian's packages and the crate
//! registry but not rustup's server.
//!
//! Debian packages no standard library for this target, but its sources: they are compiled once and laid where the
//! compiler looks for them.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

use super::wasm_target::{TARGET, compiles};
use super::{apt, consent};
use crate::environment::{Environment, tools_directory};
use crate::problem::{Outcome, Problem};
use crate::process::{answer_of, run, succeeds};
use crate::project::root;
use crate::report::{announce, say};

/// The name under which rustup knows it.
const NAME: &str = "carnet-debian";
const COMPILER: &str = "/usr/bin/rustc";
const PACKAGES: [&str; 5] =
    ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy", "rustfmt-web"];

/// Uses the toolchain if an earlier set-up has brought it.
pub(crate) fn adopt(environment: &mut Environment) -> bool {
    if !is_linked(environment) {
        return false;
    }
    environment.use_toolchain(NAME);
    if compiles(environment) {
        prefer_in_clone(environment);
        return true;
    }
    environment.use_active_toolchain();
    false
}

/// Whether this machine can have it.
pub(crate) fn is_possible(environment: &Environment) -> bool {
    Path::new("/etc/debian_version").exists() && apt::is_usable(environment)
}

/// Brings compiler, linker and standard library.
pub(crate) fn provide(environment: &mut Environment) -> Outcome<()> {
    if !consent::is_given(&all_of_it(environment)) {
        return Err(Problem::new(
            "Debian's Rust compiler was not wanted",
            "rustup could not bring the target either",
            format!("bring {TARGET} yourself, or answer with yes"),
        ));
    }
    apt::install(environment, &PACKAGES)?;
    let facts = Facts::of_compiler(environment)?;
    provide_linker(environment, &facts)?;
    link(environment)?;
    if !compiles(environment) {
        bring_standard_library(environment)?;
    }
    if compiles(environment) {
        prefer_in_clone(environment);
        return Ok(());
    }
    Err(Problem::new(
        "Debian's compiler makes no WebAssembly",
        "the pages are compiled to it",
        format!("see what `{COMPILER} --target {TARGET}` says of an empty library"),
    ))
}

/// What the question says, so that one yes covers every change of the system that follows.
fn all_of_it(environment: &Environment) -> String {
    format!(
        "install Debian's Rust compiler ({}){}, compile the standard library for {TARGET}, put it in the place of \
         /usr/lib/rustlib/{TARGET}/lib, which is removed first, and make the compiler known to rustup as {NAME}",
        PACKAGES.join(", "),
        apt::by_sudo(environment)
    )
}

fn bring_standard_library(environment: &Environment) -> Outcome<()> {
    let scratch = env::temp_dir().join(format!("carnet-standard-library-{}", process::id()));
    let built = build_standard_library(environment, &scratch)
        .and_then(|()| install_standard_library(environment, &scratch));
    // Nothing depends on its removal; the system clears its temporary files.
    let _ = fs::remove_dir_all(&scratch);
    built
}

/// Plain cargo in this clone then builds with it too. It is a convenience: what xtask starts is told anyway.
fn prefer_in_clone(environment: &Environment) {
    let root = root().to_string_lossy();
    let listed = answer_of(environment.command("rustup").args(["override", "list"]));
    let is_set = |line: &str| line.starts_with(&*root) && line.trim_end().ends_with(NAME);
    if listed.is_none_or(|listed| listed.lines().any(is_set)) || is_declined(&root) {
        return;
    }
    let what = format!("let plain cargo in this clone build with {NAME} too (rustup override set)");
    if !consent::is_given(&what) {
        decline(&root);
        return;
    }
    say(&format!(
        "    cargo in this clone now builds with {NAME}; `rustup override unset` undoes it"
    ));
    succeeds(environment.command("rustup").args(["override", "set", NAME, "--path", &root]));
}

/// Clones in which the override is not wanted, one a line: nobody is asked twice.
fn declined_file() -> PathBuf {
    tools_directory().join("without-rustup-override")
}

fn is_declined(root: &str) -> bool {
    let declined = fs::read_to_string(declined_file()).unwrap_or_default();
    declined.lines().any(|line| line == root)
}

fn decline(root: &str) {
    let declined = fs::read_to_string(declined_file()).unwrap_or_default();
    // Without the note they are only asked once more.
    let _ = fs::create_dir_all(tools_directory())
        .and_then(|()| fs::write(declined_file(), format!("{declined}{root}\n")));
}

/// What a compiler says of itself.
struct Facts {
    host: String,
    llvm: String,
}

impl Facts {
    fn of_compiler(environment: &Environment) -> Outcome<Self> {
        let answer = answer_of(environment.command(COMPILER).arg("-vV")).unwrap_or_default();
        Self::read(&answer).ok_or_else(|| {
            Problem::new(
                format!("`{COMPILER} -vV` does not name its host and LLVM"),
                "the linker must fit them",
                "is it Debian's compiler?",
            )
        })
    }

    fn read(answer: &str) -> Option<Self> {
        let value = |name: &str| answer.lines().find_map(|line| line.strip_prefix(name));
        let llvm = value("LLVM version: ")?.split('.').next()?;
        Some(Self { host: value("host: ")?.into(), llvm: llvm.into() })
    }
}

/// rustc calls its linker `rust-lld`; Debian's is named after its version, which must be the compiler's own.
fn provide_linker(environment: &Environment, facts: &Facts) -> Outcome<()> {
    let package = format!("lld-{}", facts.llvm);
    let program = format!("/usr/bin/{package}");
    if !Path::new(&program).exists() {
        apt::install(environment, &[&package])?;
    }
    let directory = format!("/usr/lib/rustlib/{}/bin", facts.host);
    let link = format!("{directory}/rust-lld");
    if fs::read_link(&link).is_ok_and(|present| present == Path::new(&program)) {
        return Ok(());
    }
    run(apt::as_root(environment, "mkdir").args(["-p", &directory]))?;
    run(apt::as_root(environment, "ln").args(["-sf", &program, &link]))
}

fn link(environment: &mut Environment) -> Outcome<()> {
    if environment.find("rustup").is_none() {
        // Then Debian's is the only compiler there is.
        return Ok(());
    }
    if !is_linked(environment) {
        run(environment.command("rustup").args(["toolchain", "link", NAME, "/usr"]))?;
    }
    environment.use_toolchain(NAME);
    Ok(())
}

fn is_linked(environment: &Environment) -> bool {
    succeeds(environment.command("rustup").args(["which", "rustc", "--toolchain", NAME]))
}

fn build_standard_library(environment: &Environment, scratch: &Path) -> Outcome<()> {
    announce("the standard library for the browser, from Debian's sources", "about 40 s");
    let manifest = "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[lib]\n";
    let written = fs::create_dir_all(scratch.join("src"))
        .and_then(|()| fs::write(scratch.join("Cargo.toml"), manifest))
        .and_then(|()| fs::write(scratch.join("src/lib.rs"), ""));
    written.map_err(|error| {
        Problem::new(
            format!("cannot write to {}", scratch.display()),
            error.to_string(),
            "make room there or set TMPDIR",
        )
    })?;
    let mut cargo = environment.command("cargo");
    cargo.args(["build", "-Zbuild-std=std,panic_abort,panic_unwind,proc_macro,test"]);
    cargo.args(["--release", "--target", TARGET, "--target-dir"]).arg(scratch.join("target"));
    // The sources need what only unstable compilers allow; the caller's flags are meant for our own code.
    cargo.current_dir(scratch).env("RUSTC_BOOTSTRAP", "1").env_remove("RUSTFLAGS");
    run(&mut cargo)
}

fn install_standard_library(environment: &Environment, scratch: &Path) -> Outcome<()> {
    let libraries = libraries_in(&scratch.join("target").join(TARGET).join("release/deps"));
    let parent = format!("/usr/lib/rustlib/{TARGET}");
    let destination = format!("{parent}/lib");
    // What is left of an older compiler would be ambiguous to the new one.
    run(apt::as_root(environment, "rm").args(["-rf", &destination]))?;
    run(apt::as_root(environment, "mkdir").args(["-p", &destination]))?;
    run(apt::as_root(environment, "cp").args(libraries).arg(&destination))
}

fn libraries_in(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rlib"))
        .filter(|path| {
            !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libempty-"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiler_names_its_host_and_llvm() {
        let answer = "\
rustc 1.96.0 (built from a source tarball)
binary: rustc
host: x86_64-unknown-linux-gnu
release: 1.96.0
LLVM version: 22.1.2
";
        let facts = Facts::read(answer).expect("both lines are there");
        assert_eq!((facts.host.as_str(), facts.llvm.as_str()), ("x86_64-unknown-linux-gnu", "22"));
    }
}
