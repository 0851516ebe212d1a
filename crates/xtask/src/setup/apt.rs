//! Debian's packages, where there are any and this user may install them.

use std::process::Command;

use super::consent;
use crate::environment::Environment;
use crate::problem::Outcome;
use crate::process::{answer_of, run, succeeds};
use crate::report::{announce, complain};

/// Whether packages can be installed without asking anybody for a password.
pub(crate) fn is_usable(environment: &Environment) -> bool {
    environment.find("apt-get").is_some()
        && (is_root(environment) || succeeds(environment.command("sudo").args(["-n", "true"])))
}

/// Installs packages. The lists of what there is are fetched only when they turn out to be too old.
pub(crate) fn install(environment: &Environment, packages: &[&str]) -> Outcome<()> {
    announce(&format!("apt-get install {}", packages.join(" ")), "up to a minute");
    if run(&mut install_command(environment, packages)).is_ok() {
        return Ok(());
    }
    run(apt_get(environment).arg("update"))?;
    run(&mut install_command(environment, packages))
}

/// Installs packages where that is possible and, on a terminal, wanted. Whoever needs them looks again afterwards and
/// says what is still missing.
pub(crate) fn try_install(environment: &Environment, packages: &[&str]) {
    let what = format!("install Debian's {}{}", packages.join(", "), by_sudo(environment));
    if !is_usable(environment) || !consent::is_given(&what) {
        return;
    }
    if let Err(problem) = install(environment, packages) {
        complain(&problem.to_string());
    }
}

/// A command with the rights of root, which `is_usable` has found to be there.
pub(crate) fn as_root(environment: &Environment, program: &str) -> Command {
    if is_root(environment) {
        return environment.command(program);
    }
    let mut command = environment.command("sudo");
    command.args(["-n", "--", program]);
    command
}

/// What a question adds where commands will run as root.
pub(crate) fn by_sudo(environment: &Environment) -> &'static str {
    if is_root(environment) { "" } else { ", with sudo" }
}

/// Whether xtask itself runs as root.
pub(crate) fn is_root(environment: &Environment) -> bool {
    answer_of(environment.command("id").arg("-u")).is_some_and(|id| id.trim() == "0")
}

fn install_command(environment: &Environment, packages: &[&str]) -> Command {
    let mut command = apt_get(environment);
    // Another package manager at work is waited for instead of failed over.
    command.args(["-o", "DPkg::Lock::Timeout=120"]);
    command.args(["install", "--yes", "--no-install-recommends"]).args(packages);
    command
}

fn apt_get(environment: &Environment) -> Command {
    let mut command = as_root(environment, "env");
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]);
    command
}
