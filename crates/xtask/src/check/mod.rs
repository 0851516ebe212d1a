//! What is checked without running anything: form, lints, licences, lengths, what reaches the browser.

mod all;
mod allow_list;
mod file_length;

pub(crate) use all::{command, run};
