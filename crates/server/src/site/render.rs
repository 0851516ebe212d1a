use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use carnet_app::{AuthState, ClientSettings, Page, PageData, SiteSettings, StorageKind, document};

use super::addresses::{addresses, reload_options};
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
    let settings = &app.settings;
    PageData {
        page,
        auth,
        settings: SiteSettings {
            client: app.client_settings(),
            passwords: settings.passwords.policy(),
            registration_open: settings.server.registration == Registration::Open,
        },
        sessions: None,
        form: None,
        done: None,
        next: None,
        now: app.clock.now(),
    }
}

/// Renders a page, with the status that it or the trouble of its form stands for. No answer is
/// kept anywhere: a page shows who is signed in.
pub(super) fn render(app: &App, page: PageData) -> Response {
    let code = page.form.as_ref().map(|outcome| &outcome.trouble);
    let status = match code {
        Some(trouble) => trouble.code.map_or(422, |code| code.status()),
        None => page.page.status(),
    };
    let nonce = app.random.text();
    let reload = reload_options(&app.settings.site);
    let policy =
        content_security_policy(&nonce, reload.as_ref().map(|options| options.reload_port));
    let html = document(page, &addresses(&app.settings.site), &nonce, reload);
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, headers, html).into_response()
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
