//! Where a server that is measured keeps its data.

/// Which database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Data {
    Sqlite,
    Postgres,
    /// SQLite with as many sessions as are used.
    Few,
    /// SQLite with a million sessions, those that are used among them.
    Many,
    /// SQLite, for those who sign in and go.
    Idle,
}

/// When a commit on SQLite counts as made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Synchronous {
    /// When it is on the disk.
    Full,
    /// When the operating system has it.
    Normal,
}

impl Data {
    /// The name of its folder or database.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Few => "few",
            Self::Many => "many",
            Self::Idle => "idle",
        }
    }
}

impl Synchronous {
    /// As SQLite writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Full => "FULL",
            Self::Normal => "NORMAL",
        }
    }
}
