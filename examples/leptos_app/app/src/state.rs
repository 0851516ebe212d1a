use axum::extract::FromRef;
use leptos::prelude::LeptosOptions;

use crate::TodoStore;

/// What the app's routes and server functions share.
#[derive(Debug, Clone, FromRef)]
pub struct AppState {
    /// How the site was built.
    pub options: LeptosOptions,
    /// Where the todos are kept.
    pub store: TodoStore,
}
