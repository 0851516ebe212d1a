//! What a program says of one measurement: names and numbers in turn, on one line.

use std::fmt;

/// Names and numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Figures(Vec<(String, f64)>);

/// What came of a measurement: its figures, or why there are none.
pub(super) type Measured = Result<Figures, String>;

impl Figures {
    pub(super) fn of(pairs: &[(&str, f64)]) -> Self {
        Self(pairs.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect())
    }

    /// Reads the last line of an output; nothing where it does not say numbers.
    pub(super) fn read(output: &str) -> Option<Self> {
        let words: Vec<&str> = output.lines().last()?.split_whitespace().collect();
        let (pairs, rest) = words.as_chunks::<2>();
        let pairs =
            pairs.iter().map(|[name, number]| Some(((*name).to_owned(), number.parse().ok()?)));
        let pairs = pairs.collect::<Option<Vec<(String, f64)>>>()?;
        (rest.is_empty() && !pairs.is_empty()).then_some(Self(pairs))
    }

    pub(super) fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    /// An answer that is not what was asked for makes the whole worthless, however quick it was.
    pub(super) fn without_errors(self) -> Measured {
        match (self.get("errors"), self.get("count")) {
            (Some(errors), _) if errors > 0.0 => Err(format!("{errors} errors")),
            (_, Some(0.0)) => Err("nothing was answered in time".to_owned()),
            _ => Ok(self),
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (name, value)) in self.0.iter().enumerate() {
            let gap = if place == 0 { "" } else { " " };
            write!(formatter, "{gap}{name} {value}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_read() {
        let figures = Figures::read("noise\nrate 12.5 p99 3 errors 0\n").expect("it has numbers");
        assert_eq!((figures.get("rate"), figures.get("p50")), (Some(12.5), None));
        assert_eq!(figures.to_string(), "rate 12.5 p99 3 errors 0");
    }

    #[test]
    fn words_that_are_no_figures_are_none() {
        assert_eq!(Figures::read("ready"), None);
        assert_eq!(Figures::read("rate twelve"), None);
        assert_eq!(Figures::read(""), None);
    }

    #[test]
    fn one_error_fails_the_measurement() {
        let failed = Figures::of(&[("rate", 9.0), ("count", 9.0), ("errors", 1.0)]);
        assert_eq!(failed.without_errors(), Err("1 errors".to_owned()));
        let none = Figures::of(&[("count", 0.0), ("errors", 0.0)]);
        assert!(none.without_errors().is_err());
        let fine = Figures::of(&[("rate", 9.0), ("errors", 0.0)]);
        assert_eq!(fine.clone().without_errors(), Ok(fine));
    }
}
