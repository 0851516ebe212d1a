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
    zxcvbn::zxcvbn(&judged, &known).score() < LEAST_SCORE
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
