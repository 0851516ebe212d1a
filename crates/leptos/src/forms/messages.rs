//! What people read about a form. Codes come in, plain sentences go out; nothing here knows where they
//! appear.

use carnet_client::SignOutReason;
use carnet_shared::{ErrorCode, FieldCode, FieldError};

use super::{FormName, Trouble};
use crate::{Text, Texts};

/// How long a new password is, and how long it has to be, in characters.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lengths {
    pub(super) typed: usize,
    pub(super) needed: usize,
}

/// What to say about a field that was refused.
pub(super) fn field(texts: Texts, form: FormName, error: &FieldError, of: Lengths) -> String {
    let text = match (error.field.as_str(), error.code) {
        ("login", FieldCode::Missing) => Text::LoginMissing,
        ("login", _) => Text::LoginInvalid,
        ("email", FieldCode::Missing) => Text::EmailMissing,
        ("email", FieldCode::Taken) => Text::EmailTaken,
        ("email", FieldCode::TooLong) => Text::EmailTooLong,
        ("email", _) => Text::EmailInvalid,
        ("username", FieldCode::Missing) => Text::UsernameMissing,
        ("username", FieldCode::Taken) => Text::UsernameTaken,
        ("username", FieldCode::TooShort) => Text::UsernameTooShort,
        ("username", FieldCode::TooLong) => Text::UsernameTooLong,
        ("username", _) => Text::UsernameInvalid,
        ("name", FieldCode::TooLong) => Text::NameTooLong,
        ("name", _) => Text::NameInvalid,
        ("password", FieldCode::Missing) if form == FormName::Login => Text::PasswordMissing,
        ("current_password", FieldCode::Missing) => Text::CurrentPasswordMissing,
        ("current_password", FieldCode::Wrong) => Text::CurrentPasswordWrong,
        ("password" | "new_password", FieldCode::Missing) => Text::NewPasswordMissing,
        ("password" | "new_password", FieldCode::TooEasy) => Text::PasswordTooEasy,
        ("password" | "new_password", FieldCode::TooShort) => return too_short(texts, of),
        (_, FieldCode::TooLong) => Text::PasswordTooLong,
        _ => Text::FieldInvalid,
    };
    texts.get(text).to_owned()
}

fn too_short(texts: Texts, Lengths { typed, needed }: Lengths) -> String {
    let needed_text = needed.to_string();
    match typed {
        0 => texts.count(Text::PasswordTooShort, needed as u64),
        // The message stays until the next try, while the person goes on typing.
        _ if typed >= needed => texts.count(Text::PasswordLongEnough, typed as u64),
        _ => {
            let gaps = [("needed", needed_text.as_str())];
            texts.count_and_fill(Text::PasswordSoFar, typed as u64, &gaps)
        }
    }
}

/// The first line over a form that was not accepted.
pub(super) fn summary(texts: Texts, form: FormName, trouble: &Trouble) -> String {
    match trouble.errors.len() {
        0 => refusal(texts, form, trouble),
        count => texts.count(Text::FieldsRefused, count as u64),
    }
}

/// Why the form was not accepted, where no field is to blame.
fn refusal(texts: Texts, form: FormName, trouble: &Trouble) -> String {
    if trouble.offline {
        return unknown(texts, form, trouble, Text::NoAnswer);
    }
    let later = |text| texts.fill(text, &[("wait", &wait(texts, trouble.retry_after))]);
    let text = match trouble.code {
        Some(ErrorCode::InvalidCredentials) => Text::InvalidCredentials,
        Some(ErrorCode::TooManyRequests) => return later(Text::TooManyAttempts),
        Some(ErrorCode::Unavailable) => return later(Text::Busy),
        Some(ErrorCode::RegistrationClosed) => Text::RegistrationClosed,
        Some(ErrorCode::CrossSite) => Text::CrossSite,
        Some(ErrorCode::NotFound) => Text::DeviceNotFound,
        Some(ErrorCode::TokenTooLarge) => Text::AccountUnusable,
        Some(ErrorCode::Forbidden) => Text::MayNot,
        Some(ErrorCode::AccountDisabled) => Text::AccountUnavailable,
        Some(code) if code.signs_out() => Text::NoLongerSignedIn,
        Some(code) if code.status() == 401 => Text::NotVerified,
        // A fault may come after what was asked for was done.
        _ => return unknown(texts, form, trouble, Text::Fault),
    };
    texts.get(text).to_owned()
}

/// What to say where nobody knows how far the server came: what is open, and how to find out.
fn unknown(texts: Texts, form: FormName, trouble: &Trouble, what_happened: Text) -> String {
    let how_to_go_on = match form {
        _ if trouble.only_read => Text::LoadAgain,
        // A sign-in that was answered in vain is no loss, and a sign-out can be repeated.
        FormName::Login | FormName::SignOut => Text::TryAgain,
        FormName::Register => Text::PerhapsRegistered,
        FormName::Name => Text::PerhapsNamed,
        FormName::Password => Text::PerhapsChanged,
        FormName::EndSession => Text::PerhapsDeviceEnded,
        FormName::EndOthers => Text::PerhapsOthersEnded,
    };
    [texts.get(what_happened), texts.get(how_to_go_on)].join(" ")
}

fn wait(texts: Texts, seconds: Option<u64>) -> String {
    match seconds {
        None | Some(0) => texts.get(Text::WaitMoment).to_owned(),
        Some(seconds @ ..=90) => texts.count(Text::WaitSeconds, seconds),
        Some(seconds) => texts.count(Text::WaitMinutes, seconds.div_ceil(60)),
    }
}

/// Why somebody who was signed in no longer is: a heading, and what it means for them. `None` for
/// those who signed out here and know it.
pub fn signed_out(reason: SignOutReason) -> Option<(Text, Text)> {
    match reason {
        SignOutReason::Here => None,
        SignOutReason::Elsewhere => Some((Text::ElsewhereTitle, Text::ElsewhereText)),
        SignOutReason::Expired => Some((Text::ExpiredTitle, Text::ExpiredText)),
        SignOutReason::Reused => Some((Text::ReusedTitle, Text::ReusedText)),
        SignOutReason::PasswordChanged => {
            Some((Text::PasswordChangedTitle, Text::PasswordChangedText))
        }
        SignOutReason::AccountDisabled => Some((Text::DisabledTitle, Text::DisabledText)),
    }
}

/// Why a device is no longer signed in, from the word on the wire.
pub(crate) fn ended(because: Option<&str>) -> Text {
    match because {
        Some("logout") => Text::EndedThere,
        Some("ended") => Text::EndedFromAnother,
        Some("password_changed") => Text::EndedByPassword,
        Some("reused") => Text::EndedByCopy,
        Some("replaced") => Text::EndedBySignIn,
        Some("disabled") => Text::EndedByClosing,
        Some("too_many") => Text::EndedByNewer,
        Some("operator") => Text::EndedByOperator,
        _ => Text::EndedByRest,
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use carnet_client::AuthError;

    use super::*;
    use crate::Language;

    fn summary(form: FormName, trouble: &Trouble) -> String {
        super::summary(Language::english().texts(), form, trouble)
    }

    fn password_error(typed: usize) -> String {
        let error = FieldError::new("password", FieldCode::TooShort);
        field(
            Language::english().texts(),
            FormName::Register,
            &error,
            Lengths { typed, needed: 15 },
        )
    }

    #[test]
    fn a_short_password_is_told_how_far_it_has_come() {
        assert_eq!(password_error(7), "7 characters so far, 15 are needed");
        assert_eq!(password_error(1), "1 character so far, 15 are needed");
        assert_eq!(password_error(15), "15 characters, that is long enough");
        assert_eq!(password_error(0), "The password is too short, 15 characters are needed");
    }

    #[test]
    fn too_many_attempts_say_how_long_to_wait() {
        let trouble =
            Trouble { retry_after: Some(40), ..Trouble::refused(ErrorCode::TooManyRequests) };
        let said = |trouble: &Trouble| summary(FormName::Login, trouble);
        assert_eq!(said(&trouble), "Too many attempts. Try again in 40 seconds");
        let trouble = Trouble { retry_after: Some(601), ..trouble };
        assert_eq!(said(&trouble), "Too many attempts. Try again in 11 minutes");
    }

    /// Every way to fail that names no field: each code, a lost answer, one that cannot be read.
    fn every_failure() -> Vec<Trouble> {
        let codes = ErrorCode::ALL.iter().map(|code| Trouble::refused(*code));
        codes.chain([AuthError::Offline.into(), AuthError::Unreadable.into()]).collect()
    }

    #[test]
    fn no_form_says_that_nothing_was_changed_or_sent() {
        for form in FormName::ALL {
            for trouble in every_failure() {
                let words = summary(form, &trouble);
                assert!(
                    !words.to_lowercase().contains("nothing was changed"),
                    "{form:?} {words:?}"
                );
                assert!(!words.to_lowercase().contains("nothing was sent"), "{form:?} {words:?}");
            }
        }
    }

    #[test]
    fn a_write_of_which_nobody_knows_says_so_and_how_to_find_out() {
        let in_the_dark = [
            Trouble::refused(ErrorCode::Internal),
            AuthError::Offline.into(),
            AuthError::Unreadable.into(),
        ];
        for form in FormName::ALL
            .into_iter()
            .filter(|form| !matches!(form, FormName::Login | FormName::SignOut))
        {
            for trouble in &in_the_dark {
                let words = summary(form, trouble);
                assert!(words.contains("We do not know whether"), "{form:?} {words:?}");
                assert!(words.contains("again"), "{form:?} {words:?}");
            }
        }
    }

    #[test]
    fn a_refusal_that_is_certain_does_not_say_that_nobody_knows() {
        for code in ErrorCode::ALL.iter().filter(|code| matches!(code.status(), 401 | 403 | 429)) {
            let words = summary(FormName::Password, &Trouble::refused(*code));
            assert!(!words.contains("We do not know"), "{code:?} {words:?}");
        }
        // It may have been refused before anything was done, or not: it claims neither.
        let words = summary(FormName::Password, &Trouble::refused(ErrorCode::Unavailable));
        assert_eq!(words, "It is busy here. Try again in a moment");
    }

    #[test]
    fn what_was_only_asked_for_was_not_done_by_halves() {
        let words = summary(FormName::EndSession, &Trouble::while_reading(AuthError::Offline));
        assert_eq!(words, "No answer came. Check your connection. Load the page again in a moment");
    }

    #[test]
    fn nobody_reads_jargon() {
        for form in FormName::ALL {
            for words in every_failure().iter().map(|trouble| summary(form, trouble)) {
                let lower = words.to_lowercase();
                for jargon in ["token", "session", "401", "generation", "_", "cookie", "refresh"] {
                    assert!(!lower.contains(jargon), "{words:?}");
                }
            }
        }
    }
}
