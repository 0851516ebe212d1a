//! What is checked without running anything: form, lints, licences, lengths, what reaches the browser.

mod advisories;
mod all;
mod allow_list;
mod documentation;
mod file_length;

pub(crate) use all::{command, run};
