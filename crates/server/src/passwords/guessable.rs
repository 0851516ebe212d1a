use carnet_shared::Secret;

/// The estimate below which a password is refused: about a million guesses, what one attacker
/// can try online against one account over the years in spite of the limits.
const LEAST_SCORE: zxcvbn::Score = zxcvbn::Score::Two;

/// Longer passwords are judged by their beginning, since the estimate's work grows with the square.
const JUDGED_CHARACTERS: usize = 64;

/// Whether a password would be among the first that somebody tries who knows this person: common
/// ones, repetitions, sequences, and the person's own names.
pub(crate) fn is_too_easy(password: &Secret, known: &[&str]) -> bool {
    let judged: String = password.expose().chars().take(JUDGED_CHARACTERS).collect();
    let mut known = known.to_vec();
    known.push("carnet");
    is_made_of(&judged, &known) || zxcvbn::zxcvbn(&judged, &known).score() < LEAST_SCORE
}

/// Whether next to nothing is left of a password without the words that everybody knows.
fn is_made_of(password: &str, known: &[&str]) -> bool {
    let known: Vec<String> = known.iter().map(|word| word.to_lowercase()).collect();
    let parts = known.iter().flat_map(|word| word.split(|letter: char| !letter.is_alphanumeric()));
    let mut words: Vec<&str> = parts.filter(|part| part.chars().count() >= 3).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let rest = words.iter().fold(password.to_lowercase(), |rest, word| rest.replace(word, ""));
    rest.chars().filter(|letter| letter.is_alphanumeric()).count() < 6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_first_is_too_easy() {
        for password in [
            "passwordpassword",
            "aaaaaaaaaaaaaaa",
            "123456789012345",
            "qwertyuiopasdfg",
            "ada.lovelaceada",
            "carnetcarnetcarnet",
            "ada.lovelace.ada",
            "Lovelace-Carnet-12",
            "111111111111111",
        ] {
            assert!(is_too_easy(&Secret::new(password), &["ada.lovelace", "ada"]), "{password}");
        }
    }

    #[test]
    fn a_short_sentence_will_do_without_digits_or_signs() {
        for password in ["correct horse battery", "the kettle is on again", "aaaa bbbb cccc dddd"] {
            assert!(!is_too_easy(&Secret::new(password), &["ada"]), "{password}");
        }
    }
}
