use serde::{Deserialize, Serialize};

use crate::FieldCode;

/// How a session's refresh token travels. It is fixed when the session begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// In the bodies of requests and answers.
    #[default]
    Body,
    /// In a cookie that no script can read.
    Cookie,
    /// In the body, one and the same for as long as the session lives: only for clients of
    /// djangorestframework-simplejwt's endpoints, where the deployment says so. No request can ask
    /// for it.
    #[serde(skip_deserializing)]
    Static,
}

impl Delivery {
    /// Reads `"body"` or `"cookie"`.
    ///
    /// # Errors
    /// `Invalid` for anything else.
    pub fn parse(text: &str) -> Result<Self, FieldCode> {
        match text {
            "body" => Ok(Self::Body),
            "cookie" => Ok(Self::Cookie),
            _ => Err(FieldCode::Invalid),
        }
    }

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Cookie => "cookie",
            Self::Static => "static",
        }
    }
}
