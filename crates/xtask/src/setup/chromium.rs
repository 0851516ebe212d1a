//! The browser that the browser tests drive.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use super::apt;
use crate::environment::Environment;
use crate::problem::{Outcome, Problem};
use crate::process::{Patience, answer_of, succeeds, within};
use crate::project::root;
use crate::report::{announce, say};

/// Names under which systems install it.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Playwright shows a line per tenth of its download.
const PATIENCE: Patience =
    Patience { quiet: Duration::from_secs(45), total: Duration::from_secs(300) };

/// The browser to use: the caller's choice (`CARNET_CHROMIUM`), else Playwright's own if it starts (then none is named),
/// else the system's, else whichever of the two can be brought.
pub(crate) fn provide(environment: &Environment) -> Outcome<Option<PathBuf>> {
    if let Some(chosen) = env::var_os("CARNET_CHROMIUM").filter(|path| !path.is_empty()) {
        return Ok(Some(PathBuf::from(chosen)));
    }
    if playwrights_own_starts(environment) {
        return Ok(None);
    }
    if let Some(present) = on_path(environment) {
        provide_fonts(environment);
        return Ok(Some(present));
    }
    if download(environment)? {
        return Ok(None);
    }
    apt::try_install(environment, &["chromium", "fonts-liberation"]);
    on_path(environment).map(Some).ok_or_else(|| {
        Problem::new(
            "no Chromium",
            "the browser tests drive it",
            "install it, or name one in CARNET_CHROMIUM",
        )
    })
}

/// Starting it is the only way to know: it may be there and lack the system's libraries.
fn playwrights_own_starts(environment: &Environment) -> bool {
    let script = "require('@playwright/test').chromium.launch().then(browser => browser.close())";
    succeeds(in_tests(environment, "node").args(["-e", script]))
}

fn download(environment: &Environment) -> Outcome<bool> {
    announce(
        "npx playwright install chromium",
        "1 to 3 minutes; given up after 45 s without any progress",
    );
    let mut install = in_tests(environment, "npx");
    install.args(["playwright", "install", "chromium"]);
    if within(&mut install, &PATIENCE, || 0)? && playwrights_own_starts(environment) {
        return Ok(true);
    }
    say("    Playwright's own Chromium cannot be had here or does not start");
    Ok(false)
}

fn in_tests(environment: &Environment, program: &str) -> Command {
    let mut command = environment.command(program);
    command.current_dir(root().join("end2end"));
    command
}

fn on_path(environment: &Environment) -> Option<PathBuf> {
    let application = Path::new("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    let installed = application.is_file().then(|| application.to_path_buf());
    NAMES.iter().find_map(|name| environment.find(name)).or(installed)
}

/// A page without any font shows no text, and screenshots of it nothing.
fn provide_fonts(environment: &Environment) {
    let listed = answer_of(&mut environment.command("fc-list"));
    let none = listed.map_or_else(no_font_files, |fonts| fonts.trim().is_empty());
    if cfg!(target_os = "linux") && none {
        apt::try_install(environment, &["fonts-liberation"]);
    }
}

fn no_font_files() -> bool {
    fs::read_dir("/usr/share/fonts").map_or(true, |mut entries| entries.next().is_none())
}
