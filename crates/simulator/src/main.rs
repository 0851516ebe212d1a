//! Long runs of the simulator, by hand.

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;
use std::rc::Rc;

use carnet_simulator::history::{Failure, Kind, play};
use carnet_simulator::server::{Deployment, Deployments};
use carnet_simulator::thief::tables;

const USAGE: &str = "\
carnet-simulator histories [N]      plays so many histories, 10000 if it is not said
carnet-simulator seed N [setting]   plays one and shows what happens in it; the settings are whole,
                                    short (tokens of one minute) and poor (browsers that lack things)
carnet-simulator thief [N]          plays so many thefts of each kind, 1000 if it is not said
";

/// In what histories are played, and how many of four.
const SETTINGS: [(&str, Kind, u32, u64); 3] =
    [("whole", Kind::Whole, 300, 2), ("short", Kind::Whole, 60, 1), ("poor", Kind::Poor, 300, 1)];

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse::<u64>().ok();
    let outcome = match words[..] {
        ["histories"] => histories(10_000),
        ["thief"] => thieves(1_000),
        [what, count] if number(count).is_some() => {
            let count = number(count).unwrap_or_default();
            match what {
                "histories" => histories(count),
                "thief" => thieves(count),
                "seed" => one(count, SETTINGS[0].0),
                _ => return usage(),
            }
        }
        ["seed", seed, setting] if number(seed).is_some() => {
            one(number(seed).unwrap_or_default(), setting)
        }
        _ => return usage(),
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

fn usage() -> ExitCode {
    say(USAGE);
    ExitCode::from(2)
}

fn say(text: &str) {
    // Whoever has closed the pipe does not want to know.
    let _ = io::stdout().write_all(text.as_bytes());
}

fn histories(count: u64) -> Result<String, Failure> {
    for (name, kind, access_seconds, quarters) in SETTINGS {
        let deployments = Deployments::start(access_seconds);
        let share = count * quarters / 4;
        for seed in 1..=share {
            play(&deployments.for_the_next(), kind, seed)?;
        }
        say(&format!("{name}: {share} histories, and nothing went wrong\n"));
    }
    Ok(String::new())
}

fn one(seed: u64, setting: &str) -> Result<String, Failure> {
    let found = SETTINGS.iter().find(|(name, ..)| *name == setting);
    let Some((_, kind, access_seconds, _)) = found else { return Ok(USAGE.to_owned()) };
    let log = play(&Rc::new(Deployment::start(*access_seconds)), *kind, seed)?;
    Ok(log.join("\n") + "\n")
}

fn thieves(count: u64) -> Result<String, Failure> {
    tables(&Deployments::start(300), count)
}
