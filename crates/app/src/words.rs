//! What people read. Codes come in, plain sentences go out; nothing here knows where they appear.

use carnet_client::SignOutReason;
use carnet_shared::{ErrorCode, FieldCode, FieldError};

use crate::{Done, FormName, Trouble};

/// What to say about a field that was refused. `typed` is how many characters a password has, where
/// that is known, and `needed` how many it should have.
pub(crate) fn field(form: FormName, error: &FieldError, typed: usize, needed: usize) -> String {
    let fixed = match (error.field.as_str(), error.code) {
        ("login", FieldCode::Missing) => "Enter your username or e-mail address",
        ("login", _) => "That cannot be a username or an e-mail address",
        ("email", FieldCode::Missing) => "Enter your e-mail address",
        ("email", FieldCode::Taken) => "There is an account with that e-mail address already",
        ("email", FieldCode::TooLong) => "That e-mail address is too long",
        ("email", _) => "That does not look like an e-mail address",
        ("username", FieldCode::Missing) => "Choose a username",
        ("username", FieldCode::Taken) => "That username is taken",
        ("username", FieldCode::TooShort) => "A username has at least 3 characters",
        ("username", FieldCode::TooLong) => "A username has at most 32 characters",
        ("username", _) => "Use only letters, digits, dots, dashes and underscores",
        ("name", FieldCode::TooLong) => "A name has at most 100 characters",
        ("name", _) => "That name has characters that cannot be shown",
        ("password", FieldCode::Missing) if form == FormName::Login => "Enter your password",
        ("current_password", FieldCode::Missing) => "Enter your present password",
        ("current_password", FieldCode::Wrong) => "That is not your present password",
        ("password" | "new_password", FieldCode::Missing) => "Choose a password",
        ("password" | "new_password", FieldCode::TooEasy) => {
            "That password is easy to guess. A short sentence works well"
        }
        ("password" | "new_password", FieldCode::TooShort) => return too_short(typed, needed),
        (_, FieldCode::TooLong) => "That password is too long",
        _ => "This needs another look",
    };
    fixed.to_owned()
}

/// The rule for a new password, said before anything is typed.
pub(crate) fn password_rule(needed: usize) -> String {
    format!("{needed} characters or more. A short sentence works well.")
}

fn too_short(typed: usize, needed: usize) -> String {
    match typed {
        0 => format!("The password is too short, {needed} characters are needed"),
        1 => format!("1 character so far, {needed} are needed"),
        // The message stays until the next try, while the person goes on typing.
        _ if typed >= needed => format!("{typed} characters, that is long enough"),
        _ => format!("{typed} characters so far, {needed} are needed"),
    }
}

/// The first line over a form that was not accepted.
pub(crate) fn summary(form: FormName, trouble: &Trouble) -> String {
    match trouble.errors.len() {
        0 => refusal(form, trouble),
        1 => "One thing needs another look".to_owned(),
        2 => "Two things need another look".to_owned(),
        3 => "Three things need another look".to_owned(),
        _ => "Some things need another look".to_owned(),
    }
}

/// Why the form was not accepted, where no field is to blame.
fn refusal(form: FormName, trouble: &Trouble) -> String {
    if trouble.offline {
        return unknown(form, trouble, "No answer came. Check your connection");
    }
    let fixed = match trouble.code {
        Some(ErrorCode::InvalidCredentials) => "The username or the password is wrong",
        Some(ErrorCode::TooManyRequests) => {
            return format!("Too many attempts. Try again in {}", wait(trouble.retry_after));
        }
        Some(ErrorCode::Unavailable) => {
            return format!("It is busy here. Try again in {}", wait(trouble.retry_after));
        }
        Some(ErrorCode::RegistrationClosed) => {
            "New accounts are made by the people who run this site"
        }
        Some(ErrorCode::CrossSite) => "This form came from another site, so nothing was done",
        Some(ErrorCode::NotFound) => "That device is no longer on the list",
        Some(ErrorCode::TokenTooLarge) => {
            "This account cannot be used at the moment. Tell the people who run this site"
        }
        Some(ErrorCode::Forbidden) => "Your account may not do this",
        Some(ErrorCode::AccountDisabled) => "This account is not available",
        Some(code) if code.signs_out() => "You are no longer signed in. Sign in to go on",
        Some(code) if code.status() == 401 => {
            "We could not make sure that it is you. Try again in a moment"
        }
        // A fault may come after what was asked for was done.
        _ => return unknown(form, trouble, "Something went wrong on our side"),
    };
    fixed.to_owned()
}

/// What to say where nobody knows how far the server came: what is open, and how to find out.
fn unknown(form: FormName, trouble: &Trouble, what_happened: &str) -> String {
    let how_to_go_on = match form {
        _ if trouble.only_read => "Load the page again in a moment",
        // A sign-in that was answered in vain is no loss.
        FormName::Login => "Try again in a moment",
        FormName::Register => {
            "We do not know whether your account was made. Try to sign in, and if that does not \
             work, create it again"
        }
        FormName::Name => "We do not know whether your name was saved. Load the page again to see",
        FormName::Password => {
            "We do not know whether your password was changed. Try again, and if your present \
             password is refused, the new one is in place"
        }
        FormName::EndSession => {
            "We do not know whether the device was signed out. Load the page again to see"
        }
        FormName::EndOthers => {
            "We do not know whether the devices were signed out. Load the page again to see"
        }
    };
    format!("{what_happened}. {how_to_go_on}")
}

fn wait(seconds: Option<u64>) -> String {
    match seconds {
        None | Some(0) => "a moment".to_owned(),
        Some(1) => "1 second".to_owned(),
        Some(seconds @ ..=90) => format!("{seconds} seconds"),
        Some(seconds) => format!("{} minutes", seconds.div_ceil(60)),
    }
}

/// What was just done.
pub(crate) fn done(done: Done) -> &'static str {
    match done {
        Done::NameSaved => "Your name is saved.",
        Done::PasswordChanged => "Your password is changed. Your other devices are signed out.",
        Done::DeviceSignedOut => "That device is signed out.",
        Done::OthersSignedOut => "All your other devices are signed out.",
    }
}

/// Why somebody who was signed in no longer is: a heading, and what it means for them. `None` for
/// those who signed out here and know it.
pub(crate) fn signed_out(reason: SignOutReason) -> Option<(&'static str, &'static str)> {
    match reason {
        SignOutReason::Here => None,
        SignOutReason::Elsewhere => {
            Some(("You were signed out on another device", "Sign in again to go on here."))
        }
        SignOutReason::Expired => Some((
            "You have been away for a while",
            "To keep your account safe you were signed out. Sign in again to go on.",
        )),
        SignOutReason::Reused => Some((
            "You were signed out to be safe",
            "An old copy of this sign-in was used, perhaps by somebody else. Sign in again, look at \
             your devices, and change your password if something there is not you.",
        )),
        SignOutReason::PasswordChanged => Some((
            "Your password was changed",
            "That signs out every other device. Sign in with the new password to go on.",
        )),
        SignOutReason::AccountDisabled => Some((
            "This account is not available",
            "Ask the people who run this site if you think that is a mistake.",
        )),
    }
}

/// Why a device is no longer signed in, from the word on the wire.
pub(crate) fn ended(because: Option<&str>) -> &'static str {
    match because {
        Some("logout") => "Signed out there",
        Some("ended") => "Signed out from another device",
        Some("password_changed") => "Signed out when the password was changed",
        Some("reused") => "Signed out to be safe: an old copy of its sign-in was used",
        Some("replaced") => "Signed in again in the same browser",
        Some("disabled") => "Signed out when the account was closed",
        Some("too_many") => "Signed out to make room for a newer device",
        Some("operator") => "Signed out by the people who run this site",
        _ => "Signed out after a long rest",
    }
}

#[cfg(test)]
mod tests {
    use carnet_client::AuthError;

    use super::*;

    fn password_error(typed: usize) -> String {
        let error = FieldError::new("password", FieldCode::TooShort);
        field(FormName::Register, &error, typed, 15)
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
        for form in FormName::ALL.into_iter().filter(|form| *form != FormName::Login) {
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
