//! How fast Carnet is beside what a user would pick instead, and beside the machine's own limits.

mod carnet;
mod data;
mod document;
mod figures;
mod guarded;
mod machine;
mod measures;
mod measuring;
mod numbers;
mod options;
mod pages;
mod peers;
mod place;
mod plot;
mod rounds;
mod statistics;
mod tables;
mod targets;

use std::path::PathBuf;
use std::process::ExitCode;

use self::measures::Subject;
use self::options::Options;
use self::place::{Place, said};
use self::rounds::Run;
use crate::environment::Environment;
use crate::problem::{Outcome, Problem};
use crate::process::run;
use crate::project::target_directory;
use crate::report::{Stopwatch, announce, complain, say};
use crate::{setup, site};

/// Sets up, builds unless a program is named, measures, and tells.
pub(crate) fn command(arguments: &[String]) -> Outcome<ExitCode> {
    let options = match Options::parse(arguments) {
        Ok(options) => options,
        Err(why) => {
            complain(&format!("`cargo xtask bench`: {why}"));
            return Ok(ExitCode::from(2));
        }
    };
    let whole = Stopwatch::start();
    let place = provide(&options)?;
    let run = Run::new(&place, &options.measures(), options.rounds, options.seconds);
    let pages = if options.wants_pages() {
        said(pages::measure(&place))
    } else {
        Err("not asked for".to_owned())
    };
    say(&format!(
        "\n{}\n{}\n{}",
        tables::of_verdicts(&run),
        tables::of_medians(&run),
        tables::of_idle(&run)
    ));
    if let Ok(pages) = &pages {
        say(&tables::of_pages(pages));
    }
    if options.is_whole() {
        document::write(&place, &options, &run, &pages)?;
    } else {
        say(&tables::of_raw(&run));
    }
    whole.done("bench");
    Ok(ExitCode::SUCCESS)
}

/// Everything that the measures need. A peer that cannot be had leaves its rows out.
fn provide(options: &Options) -> Outcome<Place> {
    let (mut environment, binary) = match &options.binary {
        Some(binary) => (Environment::new(), binary.clone()),
        None => {
            let environment = setup::for_running()?;
            let binary = site::build(&environment)?;
            build_cheap(&environment)?;
            (environment, binary)
        }
    };
    if !binary.is_file() {
        let what = format!("there is no {}", binary.display());
        return Err(Problem::new(what, "it is to be measured", "name one that is there"));
    }
    let load = build_load(&environment)?;
    let measures = options.measures();
    let wants = |wanted: fn(&Subject) -> bool| measures.iter().any(|one| wanted(&one.subject));
    // Without it, what needs it is not measured, and each row says so.
    let _ = said(setup::database(&mut environment));
    if options.wants_pages() {
        let _ = said(setup::browser(&mut environment));
    }
    let mut place = Place::new(environment, binary, load)?;
    place.is_named = options.binary.is_some();
    if wants(|subject| matches!(subject, Subject::Simplejwt(..))) {
        place.django = installed(setup::django(&place.environment));
    }
    if wants(|subject| matches!(subject, Subject::BetterAuth)) {
        place.better_auth = installed(setup::better_auth(&place.environment));
    }
    Ok(place)
}

/// The document needs no more than that; the terminal tells why.
fn installed<T>(peer: Outcome<T>) -> Result<T, String> {
    said(peer).map_err(|_| "it could not be installed".to_owned())
}

/// Carnet with passwords that cost nothing, beside the release. The settings accept no such cost.
fn build_cheap(environment: &Environment) -> Outcome<()> {
    announce("release build with cheap passwords", "seconds warm, 3 minutes cold");
    let time = Stopwatch::start();
    let mut cargo = environment.command("cargo");
    cargo.args(["build", "--quiet", "--release", "--package", "carnet-server"]);
    run(cargo.args(["--features", "ssr,jemalloc", "--example", "cheap_passwords"]))?;
    time.done("cheap passwords");
    Ok(())
}

fn build_load(environment: &Environment) -> Outcome<PathBuf> {
    announce("release build of the load generator", "seconds warm, 3 minutes cold");
    let time = Stopwatch::start();
    let mut cargo = environment.command("cargo");
    run(cargo.args(["build", "--quiet", "--release", "--package", "carnet-load"]))?;
    time.done("load generator");
    Ok(target_directory(environment)?.join("release/carnet-load"))
}
