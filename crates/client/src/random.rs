use carnet_shared::Attempt;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Writes 128 bits as an attempt: base64url, by hand, since a library would be downloaded by
/// everybody for this one line.
pub(crate) fn attempt_from(random: [u8; 16]) -> Attempt {
    let bits = u128::from_be_bytes(random);
    let text: String = (0..22)
        .map(|place| {
            let shifted = if place == 21 { bits << 4 } else { bits >> (122 - 6 * place) };
            char::from(ALPHABET[(shifted & 63) as usize])
        })
        .collect();
    Attempt::parse(&text).unwrap_or_else(|_| unreachable!("22 characters of the alphabet"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_written_as_base64url() {
        assert_eq!(attempt_from([0; 16]).as_str(), "AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(attempt_from([255; 16]).as_str(), "_____________________w");
        let counted = std::array::from_fn(|index| index as u8);
        assert_eq!(attempt_from(counted).as_str(), "AAECAwQFBgcICQoLDA0ODw");
    }
}
