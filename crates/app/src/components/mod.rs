//! The parts that pages are put together from.
#![expect(unreachable_pub, reason = "the component macro makes what it writes public")]

mod footer;
mod header;
mod mark;
mod notices;
mod private;

pub(crate) use footer::Footer;
pub(crate) use header::Header;
pub(crate) use notices::{Notices, OfflineNotice};
pub(crate) use private::{private, waiting};
