use leptos::prelude::*;

/// Where the app finds what it calls. The page says it, so that one build serves every deployment.
#[derive(Clone)]
pub(crate) struct Addresses {
    /// Carnet's origin.
    pub(crate) carnet: String,
    /// The API's origin, which is also the name that its tokens are asked for by.
    pub(crate) api: String,
}

impl Addresses {
    /// Reads `<meta name="carnet">` and `<meta name="api">`.
    pub(crate) fn of_this_page() -> Self {
        Self { carnet: meta("carnet"), api: meta("api") }
    }
}

fn meta(name: &str) -> String {
    let element = document().query_selector(&format!("meta[name='{name}']")).ok().flatten();
    element.and_then(|element| element.get_attribute("content")).unwrap_or_default()
}
