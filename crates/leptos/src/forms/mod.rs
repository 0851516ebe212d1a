//! The forms: components for the pages of any app. Each is a plain form that works without script too.
//! They have classes, and no look of their own.
#![expect(unreachable_pub, reason = "the component macro makes what it writes public")]

mod after;
mod change_password_form;
mod error_summary;
mod form_name;
mod form_state;
mod messages;
mod outcome;
mod password_field;
mod profile_form;
mod remember_box;
mod sign_in_form;
mod sign_out_button;
mod sign_up_form;
mod submit_button;
mod submitted;
mod target;
mod text_field;
mod trouble;

pub use self::change_password_form::ChangePasswordForm;
pub(crate) use self::error_summary::ErrorSummary;
pub use self::form_name::FormName;
pub(crate) use self::form_state::FormState;
pub(crate) use self::messages::ended;
pub use self::messages::signed_out;
pub use self::outcome::{Done, FormOutcome};
pub use self::profile_form::ProfileForm;
pub use self::sign_in_form::SignInForm;
pub use self::sign_out_button::SignOutButton;
pub use self::sign_up_form::SignUpForm;
pub use self::submitted::Submitted;
pub use self::target::FORM_IN_QUERY;
pub(crate) use self::target::action;
pub use self::trouble::Trouble;
