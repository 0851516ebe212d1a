use leptos::prelude::*;

use crate::app::{Who, use_page, use_who};
use crate::auth::sign_in_path;
use crate::{browser, components};

/// Stands in for a page until the browser has found out who is here; then the server is asked for
/// it again, with a cookie that tells.
pub(super) fn waiting() -> impl IntoView {
    let page = use_page();
    let who = use_who();
    Effect::new(move |_| match who.get() {
        Who::Unknown => {}
        Who::Somebody(_) => browser::load_again(),
        Who::Nobody(_) => {
            browser::go_to(&sign_in_path(page.next.as_deref().unwrap_or_default()));
        }
    });
    components::waiting()
}
