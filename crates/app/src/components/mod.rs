//! The parts that pages are put together from.
#![expect(unreachable_pub, reason = "the component macro makes what it writes public")]

mod error_summary;
mod footer;
mod header;
mod home_link;
mod icons;
mod notices;
mod password_field;
mod private;
mod remember_box;
mod sign_out_button;
mod submit_button;
mod text_field;

pub(crate) use error_summary::ErrorSummary;
pub(crate) use footer::Footer;
pub(crate) use header::Header;
pub(crate) use home_link::HomeLink;
pub(crate) use icons::device_icon;
pub(crate) use notices::{Notices, OfflineNotice};
pub(crate) use password_field::PasswordField;
pub(crate) use private::{private, waiting};
pub(crate) use remember_box::RememberBox;
pub(crate) use submit_button::SubmitButton;
pub(crate) use text_field::TextField;
