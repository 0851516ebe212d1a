//! The real client engine before the real router, by chance and on a virtual clock.

mod histories;
mod thieves;

/// A number from the environment.
fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}
