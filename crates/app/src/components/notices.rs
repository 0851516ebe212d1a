use leptos::ev;
use leptos::prelude::*;

use crate::app::{JustDone, Who, use_who};
use crate::navigation::use_navigation;
use crate::{Audience, words};
use carnet_leptos::use_auth;

/// What happened that the person has not heard of yet, above the page that they came for.
#[component]
pub(crate) fn Notices() -> impl IntoView {
    let navigation = use_navigation();
    let is_news = navigation.is_news();
    let who = use_who();
    let JustDone(done) = expect_context();
    let user = use_auth().user();
    // A private page says it in place of what it can no longer show.
    let signed_out = move || match who.get() {
        Who::Nobody(Some(reason))
            if is_news.get() && navigation.page().audience() != Audience::SignedIn =>
        {
            words::signed_out(reason)
        }
        _ => None,
    };
    let arrived_as = navigation.arrived_as();
    let another = move || {
        let user = user.get()?;
        (arrived_as.get()? != user.id)
            .then(|| format!("You are now signed in as {}.", user.username))
    };
    view! {
        <div class="notices" role="status">
            {move || signed_out().map(|(title, text)| view! {
                <div class="notice">
                    <p class="notice-title">{title}</p>
                    <p>{text}</p>
                </div>
            })}
            {move || another().map(|text| view! { <p class="notice">{text}</p> })}
            {move || done.get().map(|done| view! {
                <p class="notice good" id="done" tabindex="-1">{words::done(done)}</p>
            })}
        </div>
    }
}

/// Says at the lower edge that there is no connection, for as long as there is none.
#[component]
pub(crate) fn OfflineNotice() -> impl IntoView {
    let offline = RwSignal::new(false);
    // The listeners live as long as the page.
    Effect::new(move |_| {
        offline.set(!window().navigator().on_line());
        window_event_listener(ev::offline, move |_| offline.set(true));
        window_event_listener(ev::online, move |_| offline.set(false));
    });
    view! {
        <div class="offline" role="status">
            {move || offline.get().then_some("You are offline. You stay signed in.")}
        </div>
    }
}
