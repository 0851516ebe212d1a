//! wasm-opt, which makes the browser's code smaller.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::environment::{Environment, tools_directory};
use crate::problem::{Outcome, Problem};
use crate::process::{answer_of, run};
use crate::report::{announce, say};

/// Of the npm package, which carries the program.
const VERSION: &str = "132.0.0";
/// Older ones refuse what current compilers write.
const OLDEST: u32 = 120;

/// Takes it from npm unless one that will do is there. Where there is no npm either, the site is built without: it works
/// as well and is a little larger, and running Carnet should need nothing but Rust.
pub(crate) fn provide(environment: &mut Environment) -> Outcome<()> {
    let present = answer_of(environment.command("wasm-opt").arg("--version"));
    if present.is_some_and(|answer| will_do(&answer)) {
        return Ok(());
    }
    if environment.find("npm").is_none() {
        say(
            "    no wasm-opt and no npm to bring it: the browser's code will be larger than need be",
        );
        return do_without(environment);
    }
    announce(&format!("npm install binaryen {VERSION}, for wasm-opt"), "a few seconds");
    let mut install = environment.command("npm");
    install.args(["install", "--no-audit", "--no-fund", "--no-save", "--loglevel=error"]);
    run(install.arg(format!("binaryen@{VERSION}")).arg("--prefix").arg(tools_directory()))
}

/// cargo-leptos insists on a wasm-opt; this one leaves the file as it is.
fn do_without(environment: &mut Environment) -> Outcome<()> {
    let directory = tools_directory().join("without-wasm-opt");
    write_program(&directory).map_err(|error| {
        Problem::new(
            format!("cannot write to {}", directory.display()),
            error.to_string(),
            "make room there or set XDG_CACHE_HOME",
        )
    })?;
    environment.put_first(&directory);
    Ok(())
}

fn write_program(directory: &Path) -> std::io::Result<()> {
    let program = directory.join("wasm-opt");
    fs::create_dir_all(directory)?;
    fs::write(
        &program,
        "#!/bin/sh\n# The file is optimised in place; leaving it alone is enough.\nexit 0\n",
    )?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))
}

fn will_do(answer: &str) -> bool {
    let version = answer.split_whitespace().nth(2).and_then(|number| number.parse::<u32>().ok());
    version.is_some_and(|version| version >= OLDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recent_one_will_do_and_debians_will_not() {
        assert!(will_do("wasm-opt version 132 (version_132)\n"));
        assert!(!will_do("wasm-opt version 108"));
        assert!(!will_do(""));
    }
}
