use std::collections::BTreeMap;

use carnet_shared::REGISTERED_CLAIMS;
use serde_json::{Map, Value};

use super::{Reader, SettingError};

/// `[claims]`: which of a user's attributes go into access tokens, and under which name.
#[derive(Debug, Clone, Default)]
pub struct ClaimSettings {
    /// The path inside the attributes by the claim's name.
    pub paths: BTreeMap<String, Vec<String>>,
}

impl ClaimSettings {
    pub(super) fn read(reader: &mut Reader) -> Result<Self, SettingError> {
        let mut paths = BTreeMap::new();
        for (claim, value) in reader.section("claims") {
            let name = format!("claims.{claim}");
            if REGISTERED_CLAIMS.contains(&claim.as_str()) {
                return Err(SettingError::new(&name, "Carnet sets this claim itself"));
            }
            let path = value.as_str().and_then(|text| text.strip_prefix("attributes."));
            let Some(path) = path.filter(|path| path.split('.').all(|part| !part.is_empty()))
            else {
                return Err(SettingError::new(&name, r#"must be such as "attributes.plan""#));
            };
            paths.insert(claim, path.split('.').map(str::to_owned).collect());
        }
        Ok(Self { paths })
    }

    /// The claims of a user with these attributes; one whose attribute is absent is left out.
    pub fn of(&self, attributes: &Map<String, Value>) -> Map<String, Value> {
        let find = |path: &Vec<String>| {
            let (first, rest) = path.split_first()?;
            rest.iter().try_fold(attributes.get(first)?, |value, part| value.get(part))
        };
        self.paths
            .iter()
            .filter_map(|(claim, path)| Some((claim.clone(), find(path)?.clone())))
            .collect()
    }
}
