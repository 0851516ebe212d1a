//! wasm-bindgen's program, which must be of exactly the version of the library.

use super::cargo_leptos::install_command;
use crate::environment::Environment;
use crate::problem::Outcome;
use crate::process::{answer_of, run};
use crate::project::locked_version;
use crate::report::{Stopwatch, announce};

/// Compiles the version that `Cargo.lock` holds unless it is there.
pub(crate) fn provide(environment: &Environment) -> Outcome<()> {
    let wanted = locked_version("wasm-bindgen")?;
    let present = answer_of(environment.command("wasm-bindgen").arg("--version"));
    if present.is_some_and(|answer| is_version(&answer, &wanted)) {
        return Ok(());
    }
    announce(
        &format!("cargo install wasm-bindgen-cli {wanted}"),
        "about 3 minutes, once per version",
    );
    let time = Stopwatch::start();
    // Without --locked: its lock file has named versions that the registry no longer has.
    let mut install = install_command(environment, "wasm-bindgen");
    run(install.args(["wasm-bindgen-cli", "--version", &wanted]))?;
    time.done("wasm-bindgen");
    Ok(())
}

fn is_version(answer: &str, wanted: &str) -> bool {
    answer.split_whitespace().nth(1) == Some(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_version_will_do() {
        assert!(is_version("wasm-bindgen 0.2.130\n", "0.2.130"));
        assert!(!is_version("wasm-bindgen 0.2.13", "0.2.130"));
        assert!(!is_version("", "0.2.130"));
    }
}
