//! No file grows beyond what one reads in one go.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::problem::{Outcome, Problem};
use crate::project::root;

/// Lines above the unit tests.
const LONGEST: usize = 400;

/// Names every file that is too long.
pub(crate) fn check() -> Outcome<()> {
    let crates = root().join("crates");
    let mut long = Vec::new();
    for path in sources(&crates).map_err(|error| unreadable(&crates, &error))? {
        let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
        let length = production_lines(&text);
        if length > LONGEST {
            let shown = path.strip_prefix(root()).unwrap_or(&path).display();
            long.push(format!("{shown} has {length}"));
        }
    }
    if long.is_empty() {
        return Ok(());
    }
    Err(Problem::new(
        format!("files of more than {LONGEST} lines without their tests"),
        long.join(", "),
        "move the second thing that such a file is about into a file of its own",
    ))
}

/// Lines before the unit tests, which stand at the end of a file.
fn production_lines(text: &str) -> usize {
    text.lines().take_while(|line| *line != "#[cfg(test)]").count()
}

/// Every source file that is not itself a test.
fn sources(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !is_for_tests(&path) {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !is_for_tests(&path)
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn is_for_tests(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem == "tests" || stem == "target")
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    Problem::new(
        format!("cannot read {}", path.display()),
        error.to_string(),
        "is this a whole clone?",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_tests_do_not_count() {
        assert_eq!(production_lines("one\ntwo\n#[cfg(test)]\nmod tests {\n}\n"), 2);
    }

    #[test]
    fn a_function_for_tests_only_does_not_end_the_count() {
        assert_eq!(production_lines("one\n    #[cfg(test)]\n    fn two() {}\nthree\n"), 4);
    }

    #[test]
    fn test_folders_are_left_out() {
        assert!(is_for_tests(Path::new("crates/server/tests")));
        assert!(is_for_tests(Path::new("crates/client/src/engine/tests.rs")));
        assert!(!is_for_tests(Path::new("crates/xtask/src/test.rs")));
    }

    #[test]
    fn the_sources_of_this_very_crate_are_found() {
        let own = sources(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("they can be read");
        assert!(own.iter().any(|path| path.ends_with("src/check/file_length.rs")));
    }
}
