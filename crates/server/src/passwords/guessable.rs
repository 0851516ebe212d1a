use carnet_shared::Secret;

/// The estimate below which a password is refused: about a million guesses, what one attacker
/// can try online against one account over the years in spite of the limits.
const LEAST_SCORE: zxcvbn::Score = zxcvbn::Score::Two;

/// Longer passwords are judged by their beginning. Characters that may stand for several letters are
/// the dearest: 20 different ones take 35 ms, 32 take 250 ms, and 64 take 600 ms.
const JUDGED_CHARACTERS: usize = 20;

/// Whether a password would be among the first that somebody tries who knows this person: common
/// ones, repetitions, sequences, and the person's own names.
pub(super) fn is_too_easy(password: &Secret, known: &[Secret]) -> bool {
    let judged: String = password.expose().chars().take(JUDGED_CHARACTERS).collect();
    let known = known.iter().map(Secret::expose).chain(["carnet"]);
    let known: Vec<&str> = known.flat_map(|text| [text, beginning(text)]).collect();
    is_made_of(&judged, &known) || zxcvbn::zxcvbn(&judged, &known).score() < LEAST_SCORE
}

/// As much of what is known as can be found in what is judged.
fn beginning(text: &str) -> &str {
    text.char_indices().nth(JUDGED_CHARACTERS).map_or(text, |(end, _)| &text[..end])
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

    fn known(words: &[&str]) -> Vec<Secret> {
        words.iter().copied().map(Secret::new).collect()
    }

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
            assert!(
                is_too_easy(&Secret::new(password), &known(&["ada.lovelace", "ada"])),
                "{password}"
            );
        }
    }

    #[test]
    fn a_short_sentence_will_do_without_digits_or_signs() {
        for password in ["correct horse battery", "the kettle is on again", "aaaa bbbb cccc dddd"] {
            assert!(!is_too_easy(&Secret::new(password), &known(&["ada"])), "{password}");
        }
    }
}
