use super::{DatabaseUrl, Reader, SettingError};

/// `[database]`
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// Where the data is; `sqlite://data/carnet.db` by default.
    pub url: DatabaseUrl,
    /// Connections that read (and, on PostgreSQL, write); 8 by default.
    pub max_connections: u32,
}

impl DatabaseSettings {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, SettingError> {
        let max_connections = reader.or("database.max_connections", 8)?;
        if max_connections == 0 {
            return Err(SettingError::new("database.max_connections", "must be at least 1"));
        }
        Ok(Self {
            url: reader.or("database.url", DatabaseUrl::Sqlite("data/carnet.db".into()))?,
            max_connections,
        })
    }
}
