//! The endpoints of djangorestframework-simplejwt, with its shapes and its words, for front ends that
//! were written against it. What they do is what Carnet's own endpoints do.

pub(crate) mod blacklist;
mod body;
pub(crate) mod obtain;
mod presented;
pub(crate) mod refresh;
mod refused;
mod tokens;
pub(crate) mod verify;

use std::sync::Arc;

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodRouter, post};

use crate::app::App;
use refused::Refused;

/// An endpoint that takes POST and nothing else, and says so as Django REST framework does.
pub(crate) fn post_only<H, T>(handler: H) -> MethodRouter<Arc<App>>
where
    H: Handler<T, Arc<App>>,
    T: 'static,
{
    post(handler).options(async || ()).fallback(async |method: Method| Refused::method(&method))
}
