use carnet_shared::paths::pages;
use leptos::prelude::*;

use crate::browser::load;
use crate::{Auth, return_to};

/// Once somebody is signed in: tells the app, or goes where the form said.
pub(super) fn go_on(auth: Auth, next: Option<String>, on_signed_in: Option<Callback<()>>) {
    if let Some(on_signed_in) = on_signed_in {
        return on_signed_in.run(());
    }
    let next = next.filter(|next| return_to(next).is_some());
    let next = next.unwrap_or_else(|| auth.page(pages::PROFILE));
    // Only of the page that a guard has led here from is it known that the app's router has it.
    if !auth.came_from().go_back(&next) {
        load(&next);
    }
}
