//! Long runs of the simulator, by hand.

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;
use std::rc::Rc;

use carnet_simulator::history::{Failure, Kind, play};
use carnet_simulator::server::Deployment;
use carnet_simulator::thief::tables;

const USAGE: &str = "\
carnet-simulator histories [N]   plays so many histories, 10000 if it is not said
carnet-simulator seed N          plays one and shows what happens in it
carnet-simulator thief [N]       plays so many thefts of each kind, 1000 if it is not said
";

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = |default| words.get(1).map_or(Some(default), |text| text.parse().ok());
    let outcome = match (words.first().copied(), number(0)) {
        (Some("histories"), Some(_)) => histories(number(10_000).unwrap_or_default()),
        (Some("seed"), Some(seed)) => one(seed),
        (Some("thief"), Some(_)) => thieves(number(1_000).unwrap_or_default()),
        _ => {
            say(USAGE);
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(text) => {
            say(&text);
            ExitCode::SUCCESS
        }
        Err(failure) => {
            say(&format!("{failure}\n"));
            ExitCode::FAILURE
        }
    }
}

fn say(text: &str) {
    // Whoever has closed the pipe does not want to know.
    let _ = io::stdout().write_all(text.as_bytes());
}

/// Half of them with tokens of five minutes, a quarter with those of one, a quarter in poor browsers.
fn histories(count: u64) -> Result<String, Failure> {
    for (kind, access_seconds, share) in
        [(Kind::Whole, 300, count / 2), (Kind::Whole, 60, count / 4), (Kind::Poor, 300, count / 4)]
    {
        let deployment = Rc::new(Deployment::start(access_seconds));
        for seed in 1..=share {
            play(&deployment, kind, seed)?;
        }
    }
    Ok(format!("{count} histories, and nothing went wrong\n"))
}

fn one(seed: u64) -> Result<String, Failure> {
    let log = play(&Rc::new(Deployment::start(300)), Kind::Whole, seed)?;
    Ok(log.join("\n") + "\n")
}

fn thieves(count: u64) -> Result<String, Failure> {
    tables(&Rc::new(Deployment::start(300)), count)
}
