//! Histories by chance: the real client engine before the real router.

mod histories;
