use super::{Lifetime, Reader, SettingError};

/// What an operator who looks into an incident on the next day must still find.
const SHORTEST: Lifetime = Lifetime::from_seconds(86_400);

/// `[audit]`
#[derive(Debug, Clone, Copy)]
pub struct AuditSettings {
    /// How long events are kept, 400 days by default: a year, and a month to look back at it.
    pub keep: Lifetime,
}

impl AuditSettings {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, SettingError> {
        let keep = reader.or("audit.keep", Lifetime::from_seconds(400 * 86_400))?;
        if keep < SHORTEST {
            return Err(SettingError::new("audit.keep", r#"must be "1d" or more"#));
        }
        Ok(Self { keep })
    }
}
