use super::{Reader, SettingError};

/// `[limits]`
#[derive(Debug, Clone, Copy)]
pub struct LimitSettings {
    /// Off only for benchmarks and tests.
    pub enabled: bool,
}

impl LimitSettings {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, SettingError> {
        Ok(Self { enabled: reader.or("limits.enabled", true)? })
    }
}
