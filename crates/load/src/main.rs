//! `carnet-load`: one measurement, told in one line.

mod arguments;
mod run;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;

#[expect(clippy::print_stdout, reason = "the line is what xtask reads")]
fn main() -> ExitCode {
    match run::run(Arguments::parse().command) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("carnet-load: {error}");
            ExitCode::FAILURE
        }
    }
}
