//! What is compared with what, and what must come out.

use super::measures::FEW;
use super::measures::MANY;
use super::rounds::Run;
use super::statistics::{median, range};

/// What must come out of a comparison.
#[derive(Clone, Copy)]
pub(super) enum Bound {
    AtLeast(f64),
    AtMost(f64),
    /// It is told and not judged.
    Free,
}

/// How two measures are compared.
#[derive(Clone, Copy)]
enum Comparison {
    /// This figure of the first by that of the second.
    Ratio(&'static str),
    /// What one costs in the first by what it costs in the second: the other way round.
    Cost,
    /// Bytes for each session that the first has more than the second.
    BytesPerSession,
}

/// One line of the table that says whether Carnet is as fast as it must be.
pub(super) struct Target {
    pub(super) title: &'static str,
    first: &'static str,
    second: &'static str,
    comparison: Comparison,
    pub(super) bound: Bound,
}

/// A target and what came of it.
pub(super) struct Verdict {
    pub(super) target: &'static Target,
    /// The median of the rounds; none where one of the two was not measured.
    pub(super) value: Option<f64>,
    /// The smallest and the largest of the rounds.
    pub(super) range: Option<(f64, f64)>,
    /// None where nothing is judged.
    pub(super) met: Option<bool>,
}

use Bound::{AtLeast, AtMost, Free};
use Comparison::{BytesPerSession, Cost, Ratio};

const RATE: Comparison = Ratio("rate");

/// Memory is read in pages and rests where it was: less than this is none.
const NO_BYTES: f64 = 1.0;

const fn target(
    title: &'static str,
    first: &'static str,
    second: &'static str,
    comparison: Comparison,
    bound: Bound,
) -> Target {
    Target { title, first, second, comparison, bound }
}

#[rustfmt::skip]
pub(super) const TARGETS: &[Target] = &[
    target("`/api/auth/session` ÷ an unprotected route of Carnet", "carnet-session", "carnet-unprotected", RATE, AtLeast(0.85)),
    target("`/api/auth/session` with a cache full of others' tokens ÷ without", "carnet-swamped", "carnet-session", RATE, Free),
    target("`/api/auth/session` ÷ simplejwt, `JWTStatelessUserAuthentication`", "carnet-session", "simplejwt-stateless", RATE, AtLeast(24.0)),
    target("`/api/me` ÷ simplejwt, `JWTAuthentication`, SQLite", "carnet-me", "simplejwt-me", RATE, AtLeast(12.0)),
    target("`/api/me` ÷ better-auth, `get-session`", "carnet-me", "better-auth-session", RATE, AtLeast(30.0)),
    target("refresh, SQLite FULL ÷ bare sqlx, FULL, one a commit", "carnet-refresh-sqlite", "sqlite-full-1", RATE, AtLeast(4.0)),
    target("refresh, PostgreSQL ÷ pgbench", "carnet-refresh-postgres", "pgbench", RATE, AtLeast(0.4)),
    target("refresh, SQLite FULL ÷ simplejwt, SQLite NORMAL", "carnet-refresh-sqlite", "simplejwt-refresh-sqlite", RATE, AtLeast(12.0)),
    target("refresh, SQLite FULL ÷ simplejwt, SQLite FULL", "carnet-refresh-sqlite", "simplejwt-refresh-sqlite-full", RATE, Free),
    target("refresh, PostgreSQL ÷ simplejwt, PostgreSQL", "carnet-refresh-postgres", "simplejwt-refresh-postgres", RATE, AtLeast(18.0)),
    target("login ÷ bare Argon2id on all cores", "carnet-login", "argon2", RATE, AtLeast(0.9)),
    target("login ÷ simplejwt at the same Argon2 cost", "carnet-login", "simplejwt-login", RATE, AtLeast(1.0)),
    target("login ÷ better-auth", "carnet-login", "better-auth-login", RATE, Free),
    target("p99 of `/api/auth/session` during a 10× login flood ÷ without it", "carnet-flooded", "carnet-calm", Ratio("p99"), AtMost(5.0)),
    target("cost of a refresh at 1 000 000 sessions ÷ at 1 000", "carnet-refresh-many", "carnet-refresh-few", Cost, AtMost(1.5)),
    target("bytes of memory per idle session, 1 000 000 against 1 000", "memory-many", "memory-few", BytesPerSession, AtMost(NO_BYTES)),
];

/// What came of each of those of which something was measured.
pub(super) fn verdicts(run: &Run) -> Vec<Verdict> {
    let concerned =
        |target: &&Target| run.of(target.first).is_some() || run.of(target.second).is_some();
    TARGETS.iter().filter(concerned).map(|target| target.verdict(run)).collect()
}

impl Target {
    fn verdict(&'static self, run: &Run) -> Verdict {
        let rounds = self.rounds(run);
        let value = rounds.as_ref().and_then(|rounds| median(rounds.iter().copied()));
        let range = rounds.and_then(range);
        let met = value.and_then(|value| self.bound.allows(value));
        Verdict { target: self, value, range, met }
    }

    /// What came of each round: the machine is not equally fast in all of them, so only what was
    /// measured in the same one is compared.
    fn rounds(&self, run: &Run) -> Option<Vec<f64>> {
        let figure = match self.comparison {
            Ratio(figure) => figure,
            Cost => "rate",
            BytesPerSession => "memory",
        };
        let first = run.of(self.first)?.values(figure)?;
        let second = run.of(self.second)?.values(figure)?;
        let both = first.into_iter().zip(second);
        Some(both.map(|(first, second)| self.comparison.of(first, second)).collect())
    }
}

impl Comparison {
    fn of(self, first: f64, second: f64) -> f64 {
        match self {
            Ratio(_) => first / second,
            Cost => second / first,
            BytesPerSession => {
                #[expect(clippy::cast_precision_loss, reason = "a million")]
                let more = (MANY - FEW) as f64;
                (first - second) / more
            }
        }
    }
}

impl Bound {
    fn allows(self, value: f64) -> Option<bool> {
        match self {
            AtLeast(least) => Some(value >= least),
            AtMost(most) => Some(value <= most),
            Free => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::measures::MEASURES;
    use super::super::rounds::tests::{run_of, run_of_rounds};
    use super::*;

    #[test]
    fn whatever_is_compared_is_measured() {
        for target in TARGETS {
            for name in [target.first, target.second] {
                assert!(MEASURES.iter().any(|measure| measure.name == name), "{name}");
            }
        }
    }

    fn verdict(all: &[(&str, &[(&str, f64)])]) -> (Option<f64>, Option<bool>) {
        let verdicts = verdicts(&run_of(all));
        assert_eq!(verdicts.len(), 1);
        (verdicts[0].value, verdicts[0].met)
    }

    #[test]
    fn a_rate_is_to_be_so_many_times_the_others() {
        let pgbench: (&str, &[(&str, f64)]) = ("pgbench", &[("rate", 1000.0)]);
        let both = run_of(&[("carnet-refresh-postgres", &[("rate", 400.0)]), pgbench]);
        let verdicts = verdicts(&both);
        assert_eq!((verdicts[0].value, verdicts[0].met), (Some(0.4), Some(true)));
        // The one with simplejwt, which was not measured.
        assert_eq!((verdicts[1].value, verdicts[1].met), (None, None));
    }

    #[test]
    fn each_round_is_compared_in_itself() {
        let run = run_of_rounds(&[
            ("carnet-login", &[10.0, 20.0, 90.0]),
            ("argon2", &[10.0, 40.0, 100.0]),
        ]);
        let verdict = &verdicts(&run)[0];
        assert_eq!((verdict.value, verdict.range), (Some(0.9), Some((0.5, 1.0))));
    }

    #[test]
    fn a_p99_may_be_so_many_times_the_others() {
        let calm: (&str, &[(&str, f64)]) = ("carnet-calm", &[("p99", 2.0), ("rate", 1.0)]);
        let flooded = verdict(&[calm, ("carnet-flooded", &[("p99", 11.0), ("rate", 1.0)])]);
        assert_eq!(flooded, (Some(5.5), Some(false)));
    }

    #[test]
    fn cost_is_the_other_way_round() {
        let few: (&str, &[(&str, f64)]) = ("carnet-refresh-few", &[("rate", 300.0)]);
        assert_eq!(
            verdict(&[few, ("carnet-refresh-many", &[("rate", 200.0)])]),
            (Some(1.5), Some(true))
        );
    }

    #[test]
    fn less_than_a_byte_for_a_session_is_none() {
        let few: (&str, &[(&str, f64)]) = ("memory-few", &[("memory", 20e6)]);
        let (value, met) = verdict(&[few, ("memory-many", &[("memory", 20.5e6)])]);
        assert!(value.is_some_and(|value| (0.5..0.51).contains(&value)));
        assert_eq!(met, Some(true));
        let (_, met) = verdict(&[few, ("memory-many", &[("memory", 40e6)])]);
        assert_eq!(met, Some(false));
    }
}
