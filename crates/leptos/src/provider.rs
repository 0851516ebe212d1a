use leptos::prelude::*;

use crate::auth::provide;
use crate::browser::forget_done;
use crate::handover::{ELEMENT_ID, Handover};

/// Tells everything below who is signed in. Put it around the whole app.
///
/// On the server it takes what Carnet's layer (`carnet_server::PageGuard`) has found out about the
/// request and writes it into the page. In the browser it takes it out again, so that nothing private
/// stays behind in a page after a sign-out. Without the layer nobody is known on the server; the
/// browser then finds out by one request.
///
/// ```
/// use carnet_leptos::CarnetProvider;
/// use leptos::prelude::*;
///
/// # #[component]
/// # fn Shop() -> impl IntoView {}
/// #[component]
/// fn App() -> impl IntoView {
///     view! { <CarnetProvider><Shop /></CarnetProvider> }
/// }
/// ```
#[component]
pub fn CarnetProvider(
    /// Whether the app's own router has the page to sign in on, under the path of Carnet's. People are
    /// then led there without loading it.
    #[prop(optional)]
    own_sign_in: bool,
    /// The app.
    children: Children,
) -> impl IntoView {
    let handover = handed_over();
    let script = handover.to_script();
    provide(handover, own_sign_in);
    Effect::new(|_| forget_done());
    view! {
        <script type="application/json" id=ELEMENT_ID inner_html=script></script>
        {children()}
    }
}

/// What Carnet's layer has put into the request.
#[cfg(feature = "ssr")]
fn handed_over() -> Handover {
    let parts = use_context::<http::request::Parts>();
    let found = parts.as_ref().and_then(|parts| parts.extensions.get::<Handover>().cloned());
    found.unwrap_or_else(|| {
        // While the list of routes is generated there is no request, and a real one has headers.
        if parts.is_some_and(|parts| !parts.headers.is_empty()) {
            leptos::logging::error!(
                "a page is rendered without Carnet's layer, so it does not know who asks: \
                 add `.layer(PageGuard::anyone(&carnet))` to its routes"
            );
        }
        Handover::default()
    })
}

/// What the server has written into the page.
#[cfg(not(feature = "ssr"))]
fn handed_over() -> Handover {
    if !cfg!(target_arch = "wasm32") {
        return Handover::default();
    }
    let Some(element) = document().get_element_by_id(ELEMENT_ID) else {
        return Handover::default();
    };
    let text = element.text_content().unwrap_or_default();
    element.set_text_content(None);
    serde_json::from_str(&text).unwrap_or_default()
}
