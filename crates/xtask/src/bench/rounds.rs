//! Rounds: everything once, then everything again, so that what changes with time changes for all alike.

use super::figures::{Figures, Measured};
use super::measures::Measure;
use super::measuring::measure;
use super::place::{Place, said};
use super::statistics::{is_noisy, median, range};
use crate::report::{Stopwatch, announce, say};

/// How long the processor is looked at before each measurement, in seconds.
const CALIBRATION: &str = "0.4";

/// One measurement and how fast the processor was before it.
pub(super) struct Sample {
    pub(super) speed: f64,
    pub(super) measured: Measured,
}

/// All samples of one thing.
pub(super) struct Series {
    pub(super) measure: &'static Measure,
    pub(super) samples: Vec<Sample>,
}

/// All of a run.
pub(super) struct Run {
    pub(super) series: Vec<Series>,
}

impl Run {
    /// Measures everything so many times.
    pub(super) fn new(
        place: &Place,
        measures: &[&'static Measure],
        rounds: usize,
        seconds: f64,
    ) -> Self {
        let empty = |measure: &&'static Measure| Series { measure, samples: Vec::new() };
        let mut series: Vec<Series> = measures.iter().map(empty).collect();
        // Pages alone need none.
        let rounds = if measures.is_empty() { 0 } else { rounds };
        for round in 1..=rounds {
            announce(
                &format!("round {round} of {rounds}"),
                "some minutes; the first also prepares data",
            );
            let time = Stopwatch::start();
            for one in &mut series {
                let sample = Sample::take(place, one.measure, seconds);
                say(&format!("  {}: {}", one.measure.name, sample.told()));
                one.samples.push(sample);
            }
            time.done(&format!("round {round}"));
        }
        Self { series }
    }

    pub(super) fn of(&self, name: &str) -> Option<&Series> {
        self.series.iter().find(|series| series.measure.name == name)
    }

    /// How fast the processor usually was.
    pub(super) fn usual_speed(&self) -> f64 {
        let samples = self.series.iter().flat_map(|series| &series.samples);
        median(samples.map(|sample| sample.speed)).unwrap_or_default()
    }
}

impl Sample {
    fn take(place: &Place, one: &Measure, seconds: f64) -> Self {
        let speed = said(place.measure(&["calibrate", "--seconds", CALIBRATION]));
        let speed = speed.ok().and_then(|figures| figures.get("rate")).unwrap_or_default();
        let measured = said(measure(place, one, seconds)).and_then(Figures::without_errors);
        Self { speed, measured }
    }

    fn told(&self) -> String {
        match &self.measured {
            Ok(figures) => figures.to_string(),
            Err(why) => format!("not measured: {why}"),
        }
    }
}

impl Series {
    /// The median of a figure over the rounds.
    pub(super) fn median(&self, figure: &str) -> Option<f64> {
        median(self.values(figure)?)
    }

    /// Its smallest and its largest.
    pub(super) fn range(&self, figure: &str) -> Option<(f64, f64)> {
        range(self.values(figure)?)
    }

    /// Of each round; none where any of them failed.
    pub(super) fn values(&self, figure: &str) -> Option<Vec<f64>> {
        let value = |sample: &Sample| sample.measured.as_ref().ok()?.get(figure);
        self.samples.iter().map(value).collect()
    }

    /// The first reason why something was not measured.
    pub(super) fn failure(&self) -> Option<&str> {
        self.samples.iter().find_map(|sample| sample.measured.as_ref().err().map(String::as_str))
    }

    /// How many rounds were noisy.
    pub(super) fn noisy(&self, usual: f64) -> usize {
        self.samples.iter().filter(|sample| is_noisy(sample.speed, usual)).count()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::measures::MEASURES;
    use super::*;

    /// A run in which each of these was measured once and came to these figures.
    pub(in crate::bench) fn run_of(all: &[(&str, &[(&str, f64)])]) -> Run {
        let series = all.iter().map(|(name, pairs)| {
            let measured = Ok(Figures::of(pairs));
            series_of(name, vec![Sample { speed: 100.0, measured }])
        });
        Run { series: series.collect() }
    }

    /// The same with the rate of several rounds.
    pub(in crate::bench) fn run_of_rounds(all: &[(&str, &[f64])]) -> Run {
        let series = all.iter().map(|(name, rates)| {
            series_of(name, rates.iter().map(|rate| sample(100.0, Some(*rate))).collect())
        });
        Run { series: series.collect() }
    }

    fn series_of(name: &str, samples: Vec<Sample>) -> Series {
        let measure = MEASURES.iter().find(|measure| measure.name == name);
        Series { measure: measure.expect("it is measured"), samples }
    }

    fn sample(speed: f64, rate: Option<f64>) -> Sample {
        let measured = rate.map(|rate| Figures::of(&[("rate", rate)]));
        Sample { speed, measured: measured.ok_or_else(|| "2 errors".to_owned()) }
    }

    #[test]
    fn a_series_has_the_median_of_its_rounds_and_says_which_were_noisy() {
        let rates = [(100.0, 8.0), (101.0, 10.0), (60.0, 3.0)];
        let samples = rates.map(|(speed, rate)| sample(speed, Some(rate))).into();
        let run = Run { series: vec![Series { measure: &MEASURES[0], samples }] };
        let series = &run.series[0];
        assert_eq!((series.median("rate"), series.range("rate")), (Some(8.0), Some((3.0, 10.0))));
        assert_eq!(series.noisy(run.usual_speed()), 1);
        assert_eq!(series.failure(), None);
    }

    #[test]
    fn one_failed_round_fails_the_series() {
        let samples = vec![sample(1.0, Some(8.0)), sample(1.0, None)];
        let series = Series { measure: &MEASURES[0], samples };
        assert_eq!((series.median("rate"), series.failure()), (None, Some("2 errors")));
    }
}
