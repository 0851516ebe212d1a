use std::net::SocketAddr;

use super::{Reader, SettingError};

/// `[metrics]`
#[derive(Debug, Clone, Copy)]
pub struct MetricsSettings {
    /// Where `/metrics` is served; nowhere when absent.
    pub address: Option<SocketAddr>,
}

impl MetricsSettings {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, SettingError> {
        Ok(Self { address: reader.optional("metrics.address")? })
    }
}
