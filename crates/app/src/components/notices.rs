use carnet_leptos::{DoneNotice, Text, signed_out, use_auth, use_texts};
use leptos::ev;
use leptos::prelude::*;

use crate::Audience;
use crate::app::{Who, use_who};
use crate::navigation::use_navigation;

/// What happened that the person has not heard of yet, above the page that they came for.
#[component]
pub(crate) fn Notices() -> impl IntoView {
    let navigation = use_navigation();
    let is_news = navigation.is_news();
    let who = use_who();
    let texts = use_texts();
    let user = use_auth().user();
    // A private page says it in place of what it can no longer show.
    let reason = move || match who.get() {
        Who::Nobody(Some(reason))
            if is_news.get() && navigation.page().audience() != Audience::SignedIn =>
        {
            signed_out(reason)
        }
        _ => None,
    };
    let arrived_as = navigation.arrived_as();
    let another = move || {
        let user = user.get()?;
        let gaps = [("username", user.username.as_str())];
        (arrived_as.get()? != user.id).then(|| texts.fill(Text::NowSignedInAs, &gaps))
    };
    view! {
        <div class="notices" role="status">
            {move || reason().map(|(title, text)| view! {
                <div class="carnet-notice">
                    <p class="carnet-notice-title">{texts.get(title)}</p>
                    <p>{texts.get(text)}</p>
                </div>
            })}
            {move || another().map(|text| view! { <p class="carnet-notice">{text}</p> })}
            <DoneNotice />
        </div>
    }
}

/// Says at the lower edge that there is no connection, for as long as there is none.
#[component]
pub(crate) fn OfflineNotice() -> impl IntoView {
    let offline = RwSignal::new(false);
    let text = use_texts().get(Text::Offline);
    // The listeners live as long as the page.
    Effect::new(move |_| {
        offline.set(!window().navigator().on_line());
        window_event_listener(ev::offline, move |_| offline.set(true));
        window_event_listener(ev::online, move |_| offline.set(false));
    });
    view! {
        <div class="offline" role="status">
            {move || offline.get().then_some(text)}
        </div>
    }
}
