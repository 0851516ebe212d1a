//! What a person at the terminal reads, and how long things took.

use std::time::{Duration, Instant};

/// Says one thing on standard output.
#[expect(clippy::print_stdout, reason = "talking to the terminal is what a task runner is for")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// Says that a step begins and how long it may take.
pub(crate) fn announce(step: &str, expected: &str) {
    say(&format!("==> {step} ({expected})"));
}

/// Says what is wrong on standard error.
pub(crate) fn complain(text: &str) {
    eprintln!("xtask: {text}");
}

/// Measures how long a step takes.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "durations of build steps need no injected clock"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// Says that the step is done and how long it took.
    pub(crate) fn done(&self, step: &str) {
        say(&format!("    {step}: {}", in_words(self.elapsed())));
    }
}

fn in_words(duration: Duration) -> String {
    match duration.as_secs() {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        seconds @ 10..60 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_a_person_would_say_them() {
        assert_eq!(in_words(Duration::from_millis(1240)), "1.2 s");
        assert_eq!(in_words(Duration::from_secs(59)), "59 s");
        assert_eq!(in_words(Duration::from_secs(125)), "2 min 05 s");
    }
}
