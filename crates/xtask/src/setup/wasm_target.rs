//! A compiler that makes WebAssembly for the browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, io};

use super::debian_toolchain;
use crate::environment::Environment;
use crate::problem::{Outcome, Problem};
use crate::process::{Patience, accepts, within};
use crate::report::{announce, complain, say};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Where rustup's server cannot be reached, rustup may wait for ever; a slow download shows by its growing file.
const PATIENCE: Patience =
    Patience { quiet: Duration::from_secs(45), total: Duration::from_secs(300) };

/// Uses what is there, else lets rustup add it, else Debian's compiler.
pub(crate) fn provide(environment: &mut Environment) -> Outcome<()> {
    if compiles(environment) || debian_toolchain::adopt(environment) {
        return Ok(());
    }
    if environment.find("rustup").is_some() && add_with_rustup(environment)? {
        return Ok(());
    }
    if debian_toolchain::is_possible(environment) {
        match debian_toolchain::provide(environment) {
            Ok(()) => return Ok(()),
            Err(problem) => complain(&problem.to_string()),
        }
    }
    Err(Problem::new(
        format!("the Rust target {TARGET} is missing"),
        "the pages are compiled to WebAssembly with it",
        format!("get it with `rustup target add {TARGET}` or from your distribution"),
    ))
}

/// Whether a small library really compiles and links: a target may be there and its linker not, or it may belong to an
/// older compiler.
pub(crate) fn compiles(environment: &Environment) -> bool {
    let output = env::temp_dir().join(format!("carnet-probe-{}.wasm", std::process::id()));
    let mut rustc = environment.command("rustc");
    rustc.args(["--target", TARGET, "--crate-type", "cdylib", "--crate-name", "probe", "-", "-o"]);
    let good = accepts(rustc.arg(&output), "pub fn probe() { println!(\"probe\"); }");
    // It is not there when the compiler failed.
    let _ = fs::remove_file(output);
    good
}

fn add_with_rustup(environment: &Environment) -> Outcome<bool> {
    announce(
        &format!("rustup target add {TARGET}"),
        "seconds; given up after 45 s without any progress",
    );
    let mut rustup = environment.command("rustup");
    rustup.args(["target", "add", TARGET]).env("RUST_BACKTRACE", "0");
    let added = within(&mut rustup, &PATIENCE, || size_of(&downloads()).unwrap_or(0))?;
    if added && compiles(environment) {
        return Ok(true);
    }
    say("    rustup could not bring it");
    Ok(false)
}

fn downloads() -> PathBuf {
    let home = env::var_os("RUSTUP_HOME").map(PathBuf::from);
    home.unwrap_or_else(|| env::home_dir().unwrap_or_default().join(".rustup")).join("downloads")
}

fn size_of(directory: &Path) -> io::Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(directory)? {
        sum += entry?.metadata()?.len();
    }
    Ok(sum)
}
