use std::fmt;
use std::sync::Arc;

use carnet_shared::{REGISTERED_CLAIMS, User};
use serde_json::{Map, Value};

use crate::settings::ClaimSettings;

/// Claims that a program of its own adds for a user.
pub type ClaimHook = Arc<dyn Fn(&User) -> Map<String, Value> + Send + Sync>;

/// Where the deployment's own claims come from: its settings, and a program that mounts Carnet.
#[derive(Clone)]
pub(crate) struct ClaimSource {
    settings: ClaimSettings,
    hook: Option<ClaimHook>,
}

impl fmt::Debug for ClaimSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hook = self.hook.as_ref().map(|_| "a function");
        formatter.debug_struct("ClaimSource").field("hook", &hook).finish_non_exhaustive()
    }
}

impl ClaimSource {
    pub(crate) fn new(settings: ClaimSettings, hook: Option<ClaimHook>) -> Self {
        Self { settings, hook }
    }

    /// The claims of a user. A hook's go over those of the settings; the claims that Carnet sets
    /// itself it cannot set.
    pub(crate) fn of(&self, user: &User) -> Map<String, Value> {
        let mut claims = self.settings.of(&user.attributes);
        for (name, value) in self.hook.as_ref().map(|hook| hook(user)).unwrap_or_default() {
            if REGISTERED_CLAIMS.contains(&name.as_str()) {
                tracing::error!(claim = name, "a hook may not set a claim that Carnet sets");
            } else {
                claims.insert(name, value);
            }
        }
        claims
    }
}
