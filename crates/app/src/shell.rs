use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::LazyLock;

use futures::stream::{Stream, once};
use leptos::context::provide_context;
use leptos::hydration::AutoReload;
use leptos::nonce::Nonce;
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title};

use crate::{App, AuthState, PAGE_DATA_ID, PageData, ROOT_ID, Texts};

/// Looks after the page where the WASM cannot: see the file's own comments, which are not sent.
static PAGE_WATCH: LazyLock<String> = LazyLock::new(|| {
    let lines = include_str!("page_watch.js").lines().map(str::trim);
    lines.filter(|line| !line.starts_with("//")).collect::<Vec<_>>().join("\n")
});

/// Where the built files are served. Without them the pages work as plain forms, unstyled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses {
    /// The style sheet.
    pub style: Option<String>,
    /// The script that loads the WASM.
    pub script: Option<String>,
    /// The WASM.
    pub wasm: Option<String>,
    /// What people read, in the language of the page.
    pub texts: Option<String>,
    /// The colours of the deployment.
    pub colours: Option<String>,
    /// The WASM of the pages that are not needed to sign in, where it is a file of its own.
    pub later: Option<String>,
}

/// Renders a view in one piece, for `leptos_axum`. Its own ways to do that append scripts with the data of
/// resources, and a page here has none.
pub fn in_one_piece<V: IntoView + 'static>(
    document: V,
    _resources: Box<dyn FnOnce() -> PinnedStream + Send>,
    _is_out_of_order: bool,
) -> Pin<Box<dyn Future<Output = PinnedStream> + Send>> {
    let html = document.to_html();
    Box::pin(ready(Box::pin(once(ready(html))) as PinnedStream))
}

/// What `leptos_axum` sends.
type PinnedStream = Pin<Box<dyn Stream<Item = String> + Send>>;

/// The whole document around [`App`]. Scripts in it carry the nonce; `reload` is for
/// `cargo leptos watch`, which tells the browser when something was built again.
pub fn shell(
    page: PageData,
    texts: Texts,
    addresses: &Addresses,
    nonce: &str,
    reload: Option<LeptosOptions>,
) -> impl IntoView + use<> {
    provide_context(Nonce::from_value(nonce));
    let title = page.title(texts);
    view! {
        <!DOCTYPE html>
        <html lang=texts.language()>
            {head(&page, texts, addresses, nonce, reload)}
            <Title text=title />
            <body>
                <div id=ROOT_ID tabindex="-1">
                    <App page texts />
                </div>
            </body>
        </html>
    }
}

fn head(
    page: &PageData,
    texts: Texts,
    addresses: &Addresses,
    nonce: &str,
    reload: Option<LeptosOptions>,
) -> impl IntoView + use<> {
    view! {
        <head>
            <meta charset="utf-8" />
            {page_watch(page, nonce)}
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="description" content=texts.get(page.page.description()) />
            <meta name="color-scheme" content="light dark" />
            <MetaTags />
            <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
            {[&addresses.style, &addresses.colours].map(style_sheet)}
            {boot(addresses, nonce)}
            {addresses.later.clone().filter(|_| page.page.is_later()).map(preload)}
            {reload.map(|options| view! { <AutoReload options /> })}
            <script type="application/json" id=PAGE_DATA_ID inner_html=page.to_script()></script>
        </head>
    }
}

fn style_sheet(address: &Option<String>) -> impl IntoView + use<> {
    address.clone().map(|address| view! { <link rel="stylesheet" href=address /> })
}

/// `data-who` is the id of who is signed in, empty for nobody, and absent where the cookie alone
/// does not tell.
fn page_watch(page: &PageData, nonce: &str) -> impl IntoView + use<> {
    let who = match &page.handover.auth {
        AuthState::Unknown => None,
        AuthState::Anonymous(_) | AuthState::SignedIn { .. } => {
            Some(page.user_id().unwrap_or_default().to_owned())
        }
    };
    view! { <script nonce=nonce.to_owned() data-who=who inner_html=PAGE_WATCH.as_str()></script> }
}

/// Loads the WASM and the texts and hands both to the page; all files are fetched while the page is still
/// being read. What a translator has wrapped becomes text again, which is what hydration expects.
fn boot(addresses: &Addresses, nonce: &str) -> Option<impl IntoView + use<>> {
    let Addresses { script: Some(script), wasm: Some(wasm), texts: Some(texts), .. } =
        addresses.clone()
    else {
        return None;
    };
    let code = format!(
        "import init,{{hydrate}} from {script:?};\
         Promise.all([fetch({texts:?}).then(it=>it.ok?it.text():Promise.reject(it)),init({{module_or_path:{wasm:?}}})])\
         .then(([texts])=>{{\
         for(const it of document.querySelectorAll(\"font\"))it.replaceWith(it.textContent);\
         return hydrate(texts)}}).then(()=>dispatchEvent(new Event(\"carnet-works\")))"
    );
    Some(view! {
        <link rel="modulepreload" href=script />
        {preload(wasm)}
        <link rel="preload" href=texts r#as="fetch" r#type="text/plain" crossorigin="anonymous" />
        <script type="module" nonce=nonce.to_owned() inner_html=code></script>
    })
}

fn preload(wasm: String) -> impl IntoView {
    view! { <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" /> }
}

#[cfg(test)]
mod tests {
    use carnet_shared::User;

    use super::*;
    use carnet_leptos::{FormName, FormOutcome, Handover, Language, Trouble};

    use crate::Page;

    fn page(page: Page, auth: AuthState) -> PageData {
        PageData {
            page,
            handover: Handover { auth, registration_open: true, ..Handover::default() },
            site_name: "Carnet".to_owned(),
            logo: None,
            links: Vec::new(),
            own_pages: Vec::new(),
        }
    }

    fn ada(name: &str) -> AuthState {
        let user = User {
            id: "ada".to_owned(),
            email: "ada@example.org".to_owned(),
            username: "ada".to_owned(),
            name: name.to_owned(),
            roles: Vec::new(),
            created_at: 0,
            attributes: serde_json::Map::new(),
        };
        AuthState::SignedIn { user, session_id: "session".to_owned() }
    }

    fn html(page: PageData) -> String {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            // Sets up Leptos for tokio, as every app that lists its routes does.
            leptos_axum::generate_route_list(|| ());
            let path = page.page.path();
            let texts = Language::english().for_site("Carnet").texts();
            let app = move || shell(page, texts, &Addresses::default(), "nonce", None);
            let request = http::Request::get(path).body(axum::body::Body::empty()).unwrap();
            let response = leptos_axum::handle_response_inner(|| (), app, request, in_one_piece);
            let body = axum::body::to_bytes(response.await.into_body(), usize::MAX).await;
            String::from_utf8(body.unwrap().to_vec()).unwrap()
        })
    }

    #[test]
    fn a_name_can_neither_end_the_data_nor_become_markup() {
        let evil = "</script><!--<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
        let html = html(page(Page::Profile, ada(evil)));
        // The page's watch and its data are the only scripts there are.
        assert_eq!(html.matches("<script").count(), 2);
        assert_eq!(html.matches("</script").count(), 2);
        assert!(!html.contains("<img"), "{html}");
    }

    #[test]
    fn a_page_for_nobody_known_says_nothing_private_and_offers_to_sign_in() {
        let html = html(page(Page::Profile, AuthState::Unknown));
        assert!(html.contains(r#"<noscript><a href="/login">Sign in</a></noscript>"#), "{html}");
        assert!(!html.contains("Sign out"), "{html}");
    }

    #[test]
    fn a_page_says_to_its_watch_who_is_signed_in_and_nothing_where_that_is_not_known() {
        let of = |auth| html(page(Page::Home, auth));
        assert!(of(ada("Ada")).contains(r#"data-who="ada""#));
        assert!(of(ada("Ada")).contains(r#"data-user="ada""#));
        assert!(of(AuthState::Anonymous(None)).contains(r#"data-who="""#));
        assert!(!of(AuthState::Unknown).contains("data-who"));
    }

    #[test]
    fn a_form_that_came_back_says_why_at_its_field_and_keeps_what_was_typed() {
        let mut page = page(Page::Login, AuthState::Anonymous(None));
        page.handover.form = Some(FormOutcome {
            form: FormName::Login,
            values: serde_json::Map::from_iter([("login".to_owned(), "ada".into())]),
            trouble: Trouble::refused(carnet_shared::ErrorCode::InvalidCredentials),
        });
        let html = html(page);
        assert!(html.contains("<title>Error: Sign in · Carnet</title>"), "{html}");
        assert!(html.contains("The username or the password is wrong"), "{html}");
        assert!(html.contains(r#"value="ada""#), "{html}");
        // The box was empty when it was sent.
        assert!(!html.contains(" checked"), "{html}");
    }

    #[test]
    fn nothing_is_styled_or_scripted_inside_the_markup() {
        for name in [Page::Home, Page::Register, Page::Login, Page::NotFound] {
            let html = html(page(name, AuthState::Anonymous(None)));
            for forbidden in [" style=", " onclick=", "javascript:"] {
                assert!(!html.contains(forbidden), "{name:?} {forbidden}");
            }
        }
    }

    #[test]
    fn no_form_can_put_a_password_into_an_address() {
        for (name, auth) in [
            (Page::Register, AuthState::Anonymous(None)),
            (Page::Login, AuthState::Anonymous(None)),
            (Page::Profile, ada("Ada")),
        ] {
            let html = html(page(name, auth));
            let forms = html.matches("<form").count();
            assert!(forms > 0);
            assert_eq!(html.matches(r#"method="post""#).count(), forms, "{name:?}");
        }
    }
}
