use serde::Serialize;

use super::field_code::FieldCode;

/// An e-mail address in the form in which it is stored and compared: trimmed, lower-cased, and with
/// the domain in ASCII (UTS 46), as browsers send it: `ada@bücher.example` is
/// `ada@xn--bcher-kva.example`. Without the feature `idna`, in the browser, the domain stays as it
/// was typed, and the server brings it into this form.
///
/// Before the `@` only ASCII is taken, so that no two accounts look alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Reads an address of at most 254 characters (RFC 5321 §4.5.3.1).
    ///
    /// # Errors
    /// `Missing`, `TooLong` or `Invalid`.
    pub fn parse(text: &str) -> Result<Self, FieldCode> {
        let text = text.trim();
        match text.len() {
            0 => return Err(FieldCode::Missing),
            // Before a domain is looked at, whose form in ASCII may be shorter than in UTF-8.
            1..=LONGEST_TYPED => {}
            _ => return Err(FieldCode::TooLong),
        }
        let (local, domain) = text.split_once('@').ok_or(FieldCode::Invalid)?;
        let (local, domain) = (local.to_ascii_lowercase(), domain_in_one_form(domain)?);
        let address = format!("{local}@{domain}");
        if address.len() > 254 {
            return Err(FieldCode::TooLong);
        }
        let local_is_good = !local.is_empty()
            && local.len() <= 64
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.bytes().all(is_local_byte);
        if local_is_good && is_domain(&domain) {
            Ok(Self(address))
        } else {
            Err(FieldCode::Invalid)
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.split('@').next().unwrap_or_default()
    }
}

/// In bytes, as it is typed.
const LONGEST_TYPED: usize = 1024;

#[cfg(feature = "idna")]
fn domain_in_one_form(domain: &str) -> Result<String, FieldCode> {
    let domain = idna::domain_to_ascii_cow(domain.as_bytes(), idna::AsciiDenyList::STD3);
    domain.map(std::borrow::Cow::into_owned).map_err(|_| FieldCode::Invalid)
}

#[cfg(not(feature = "idna"))]
#[expect(clippy::unnecessary_wraps, reason = "as the other one, which may fail")]
fn domain_in_one_form(domain: &str) -> Result<String, FieldCode> {
    // Other letters are the server's: their tables would be a hundredth of the bundle.
    Ok(domain.to_ascii_lowercase())
}

fn is_local_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_domain(domain: &str) -> bool {
    domain.contains('.')
        && domain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= longest_label()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(is_domain_character)
        })
}

/// In bytes; a label that is not in ASCII yet may take more.
fn longest_label() -> usize {
    if cfg!(feature = "idna") { 63 } else { LONGEST_TYPED }
}

/// Where domains are not brought into ASCII, one in other letters passes.
fn is_domain_character(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || character == '-'
        || (cfg!(not(feature = "idna")) && !character.is_ascii() && character.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_trimmed_and_lower_cased() {
        assert_eq!(Email::parse(" Ada@Example.ORG ").unwrap().as_str(), "ada@example.org");
    }

    #[test]
    fn what_cannot_be_an_address_is_refused() {
        for text in [
            "ada",
            "@example.org",
            "ada@",
            "ada@example",
            "a b@example.org",
            "ada@exa mple.org",
            "ada@@example.org",
            "ada@example..org",
            ".ada@example.org",
            "ad\0a@example.org",
            "ada@-example.org",
            "аda@example.org",
            "ada@example.org\r\nbcc: eve",
        ] {
            assert_eq!(Email::parse(text), Err(FieldCode::Invalid), "{text:?}");
        }
    }

    #[test]
    fn an_address_of_255_characters_is_too_long() {
        let text = format!("ada@{}org", "a.".repeat(124));
        assert_eq!(text.len(), 255);
        assert_eq!(Email::parse(&text), Err(FieldCode::TooLong));
        assert!(Email::parse(&text[1..]).is_ok());
    }

    #[cfg(feature = "idna")]
    #[test]
    fn every_spelling_of_a_domain_is_one_address() {
        for text in [
            "ada@bücher.example",
            "Ada@BÜCHER.example",
            "ada@bu\u{308}cher.example",
            "ada@xn--bcher-kva.example",
            "ada@XN--BCHER-KVA.example",
            "ada@ｂücher。example",
        ] {
            assert_eq!(Email::parse(text).unwrap().as_str(), "ada@xn--bcher-kva.example", "{text}");
        }
        assert_eq!(Email::parse("ada@пример.рф").unwrap().as_str(), "ada@xn--e1afmkfd.xn--p1ai");
        for text in ["ada@xn--zzzzzzz---.example", "ada@a\u{202e}b.example", "ada@\u{200d}.example"]
        {
            assert_eq!(Email::parse(text), Err(FieldCode::Invalid), "{text:?}");
        }
    }

    #[cfg(not(feature = "idna"))]
    #[test]
    fn a_domain_in_other_letters_is_left_to_the_server() {
        assert_eq!(Email::parse("Ada@Bücher.example").unwrap().as_str(), "ada@bücher.example");
        assert_eq!(Email::parse("Ada@BÜCHER.Example").unwrap().as_str(), "ada@bÜcher.example");
        assert_eq!(Email::parse("ada@bü cher.example"), Err(FieldCode::Invalid));
    }
}
