use std::path::PathBuf;

use crate::random::{Random, SystemRandom};
use crate::settings::DatabaseUrl;

/// A folder for a database, removed with everything in it when it is dropped. The start makes it, for
/// its owner alone.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        let random: &dyn Random = &SystemRandom;
        let name = format!("carnet-testing-{:016x}", u64::from_be_bytes(random.bytes()));
        Self(std::env::temp_dir().join(name))
    }

    pub(super) fn database(&self) -> DatabaseUrl {
        DatabaseUrl::Sqlite(self.0.join("carnet.db"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What remains lies among the system's temporary files, which the system clears away.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
