use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use carnet_app::{Addresses, AuthState, Page, PageData, in_one_piece, shell};
use carnet_leptos::{ClientSettings, Handover, Language, StorageKind};
use leptos::prelude::expect_context;
use leptos_axum::{ResponseOptions, handle_response_inner};

use super::addresses::{addresses, reload_options};
use super::compression::NothingPrivate;
use super::get::path_and_query;
use crate::app::App;
use crate::request::SessionCookie;
use crate::settings::{Registration, Storage};

impl App {
    /// What the browser's client has to know, for the pages of your own app that call
    /// [`provide_carnet`](carnet_leptos::provide_carnet).
    pub fn client_settings(&self) -> ClientSettings {
        let settings = &self.settings;
        ClientSettings {
            storage: match settings.client.storage {
                Storage::Session => StorageKind::Session,
                Storage::Local => StorageKind::Local,
                Storage::Memory => StorageKind::Memory,
            },
            delivery: settings.client.delivery,
            cookie_name: SessionCookie::of(&settings.server).name().to_owned(),
            base_url: String::new(),
        }
    }
}

/// What every page starts from.
pub(super) fn page_data(app: &App, page: Page, auth: AuthState) -> PageData {
    app.site.page(page, handover(app, auth), &app.pages().own)
}

/// What every page of Carnet and of the app around it starts from, without its texts.
pub(super) fn handover(app: &App, auth: AuthState) -> Handover {
    let settings = &app.settings;
    Handover {
        auth,
        settings: app.client_settings(),
        prefix: app.pages().prefix.clone(),
        min_password_length: settings.passwords.policy().min_length,
        registration_open: settings.server.registration == Registration::Open,
        now: app.clock.now(),
        ..Handover::default()
    }
}

/// Renders the page that is shown at this address, with the status that it or the trouble of its form
/// stands for. No answer is kept anywhere: a page shows who is signed in.
pub(super) async fn render(app: &App, uri: &Uri, page: PageData, language: Language) -> Response {
    let trouble = page.handover.form.as_ref().map(|outcome| &outcome.trouble);
    let status = match trouble {
        Some(trouble) => trouble.code.map_or(422, |code| code.status()),
        None => page.page.status(),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let shows_nobody =
        matches!(page.handover.auth, AuthState::Anonymous(_)) && page.handover.form.is_none();
    let nonce = app.random.text();
    let addresses = Addresses {
        texts: app.site.texts_of(language).cloned(),
        colours: app.site.colours.clone(),
        ..addresses(&app.settings.site)
    };
    let texts = language.texts();
    let reload = reload_options(&app.settings.site);
    let policy =
        content_security_policy(&nonce, reload.as_ref().map(|options| options.reload_port));
    let answer = move || {
        let response = expect_context::<ResponseOptions>();
        response.set_status(status);
        response.insert_header(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.insert_header(CONTENT_SECURITY_POLICY, policy.clone());
    };
    let document = move || shell(page, texts, &addresses, &nonce, reload);
    let mut request = Request::new(Body::empty());
    // Leptos wants a path, and a request may name an authority alone.
    *request.uri_mut() = path_and_query(uri).parse().unwrap_or_default();
    let response = handle_response_inner(answer, document, request, in_one_piece).await;
    let mut response = whole(response).await;
    if shows_nobody {
        response.extensions_mut().insert(NothingPrivate);
    }
    response
}

/// Leptos sends what it has rendered in pieces. A page is there as a whole, so its length can be said.
async fn whole(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) => Response::from_parts(parts, Body::from(bytes)),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Scripts only from here or with the nonce of this answer, WASM, and nothing from elsewhere. Under
/// `cargo leptos watch` the page also listens for a new build.
fn content_security_policy(nonce: &str, reload_port: Option<u32>) -> HeaderValue {
    let watch = reload_port
        .map_or(String::new(), |port| format!(" ws://127.0.0.1:{port} ws://localhost:{port}"));
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self'; connect-src 'self'{watch}; form-action 'self'; \
         base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).expect("a nonce is base64url and the rest is ours")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_script_runs_but_ours() {
        let policy = content_security_policy("abc", None);
        let policy = std::str::from_utf8(policy.as_bytes()).unwrap();
        assert!(policy.contains("script-src 'self' 'nonce-abc' 'wasm-unsafe-eval';"), "{policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        assert!(!policy.contains("ws:"), "{policy}");
    }
}
