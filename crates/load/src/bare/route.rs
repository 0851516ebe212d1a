//! The barest server: axum with one route, which answers what `/api/auth/session` does.

use std::io;
use std::net::SocketAddr;

use axum::routing::get;
use axum::{Json, Router};
use carnet_shared::{PresentedSession, TokenUser, paths};

/// Serves until it is ended.
///
/// # Errors
/// When it cannot listen.
pub fn serve_route(address: SocketAddr) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        let routes = Router::new().route(paths::SESSION, get(session));
        axum::serve(listener, routes).await
    })
}

async fn session() -> Json<PresentedSession> {
    Json(PresentedSession {
        session: "0199f5c0-1c2d-7000-8000-1234567890ab".to_owned(),
        user: TokenUser {
            id: "0199f5c0-1c2d-7000-8000-ba0987654321".to_owned(),
            username: "bench17".to_owned(),
            roles: Vec::new(),
        },
        expires_in: 299,
    })
}
