//! What the caller wants measured, and how long.

use std::path::PathBuf;

use super::measures::{MEASURES, Measure};

/// The group of the figures that Lighthouse measures.
pub(super) const PAGES: &str = "pages";

/// As the command line says, or as the document promises.
#[derive(Debug, PartialEq)]
pub(super) struct Options {
    pub(super) rounds: usize,
    pub(super) seconds: f64,
    /// Names of measures or groups; none means all.
    only: Vec<String>,
    /// The program to measure; without one it is built.
    pub(super) binary: Option<PathBuf>,
}

impl Options {
    /// Reads them; what is wrong, where something is.
    pub(super) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self { rounds: 5, seconds: 5.0, only: Vec::new(), binary: None };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} wants a value"));
            match word.as_str() {
                "--rounds" => options.rounds = positive(value()?)?,
                "--seconds" => options.seconds = positive(value()?)?,
                "--only" => options.only.push(known(value()?)?),
                flag if flag.starts_with('-') => return Err(format!("there is no {flag}")),
                path if options.binary.is_none() => {
                    options.binary =
                        Some(std::path::absolute(path).unwrap_or_else(|_| path.into()));
                }
                path => return Err(format!("{path}: one program is enough")),
            }
        }
        Ok(options)
    }

    pub(super) fn measures(&self) -> Vec<&'static Measure> {
        let wanted = |name: &str| self.only.iter().any(|only| only == name);
        let all = MEASURES.iter();
        all.filter(|one| self.only.is_empty() || wanted(one.name) || wanted(one.group)).collect()
    }

    pub(super) fn wants_pages(&self) -> bool {
        self.is_whole() || self.only.iter().any(|only| only == PAGES)
    }

    /// Whether everything is measured.
    pub(super) fn is_whole(&self) -> bool {
        self.only.is_empty()
    }
}

fn positive<N: std::str::FromStr + PartialOrd + Default>(text: &str) -> Result<N, String> {
    let number = text.parse().ok().filter(|number| *number > N::default());
    number.ok_or_else(|| format!("\"{text}\" is not a number above 0"))
}

fn known(name: &str) -> Result<String, String> {
    let is_known = MEASURES.iter().any(|measure| measure.name == name || measure.group == name);
    if is_known || name == PAGES {
        return Ok(name.to_owned());
    }
    let mut groups: Vec<&str> = MEASURES.iter().map(|measure| measure.group).collect();
    groups.dedup();
    Err(format!("nothing is called \"{name}\"; there are {}, {PAGES}", groups.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&words)
    }

    #[test]
    fn without_a_word_everything_is_measured_in_five_rounds() {
        let options = parsed("").expect("nothing is wrong with it");
        assert_eq!((options.rounds, options.measures().len()), (5, MEASURES.len()));
        assert!(options.wants_pages() && options.is_whole());
    }

    #[test]
    fn a_group_or_a_measure_may_be_picked() {
        let options = parsed("--only login --only carnet-me --seconds 0.5").expect("it is right");
        let names: Vec<&str> = options.measures().iter().map(|measure| measure.name).collect();
        assert!(names.contains(&"carnet-login") && names.contains(&"carnet-me"));
        assert!(!names.contains(&"carnet-session") && !options.wants_pages());
    }

    #[test]
    fn what_is_not_understood_is_said() {
        assert!(parsed("--rounds none").is_err());
        assert!(parsed("--rounds 0").is_err());
        assert!(parsed("--only nonsense").is_err_and(|why| why.contains("claims, ")));
        assert!(parsed("one two").is_err());
    }
}
