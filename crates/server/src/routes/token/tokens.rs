use std::sync::Arc;

use carnet_shared::{Delivery, Secret};
use serde::Serialize;

use crate::app::App;
use crate::error::ApiError;
use crate::issued::Issued;
use crate::tokens::{Granted, RefreshToken};

/// Nothing, as an object.
#[derive(Debug, Serialize)]
pub(crate) struct Empty {}

/// Tokens as djangorestframework-simplejwt answers them.
#[derive(Debug, Serialize)]
pub(crate) struct Tokens {
    access: Secret,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh: Option<Secret>,
}

impl Tokens {
    /// Those of a session that has been refreshed: the refresh token too, where there is a new one.
    ///
    /// # Errors
    /// When signing fails.
    pub(crate) async fn refreshed(
        app: &Arc<App>,
        granted: Granted,
        successor: &RefreshToken,
    ) -> Result<Self, ApiError> {
        let given = match successor.delivery {
            Delivery::Body => Some(successor),
            Delivery::Cookie | Delivery::Static => None,
        };
        Ok(Self::from(Issued::new(app, granted, app.audience(None)?, given).await?))
    }
}

impl From<Issued> for Tokens {
    fn from(issued: Issued) -> Self {
        Self { access: issued.body.access_token, refresh: issued.body.refresh_token }
    }
}
