use carnet_leptos::{Text, use_auth, use_texts};
use carnet_shared::paths::pages;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::app::{Who, use_who};

/// Where everybody arrives.
pub(super) fn home() -> impl IntoView {
    let who = use_who();
    move || match who.get() {
        Who::Somebody(_) => Either::Left(welcome_back()),
        // Says nothing about anybody, so it will do until it is known who is here.
        Who::Unknown | Who::Nobody(_) => Either::Right(welcome()),
    }
}

fn welcome() -> impl IntoView {
    let texts = use_texts();
    let registration_open = use_auth().registration_open();
    let sign_in_class =
        if registration_open { "carnet-button carnet-plain" } else { "carnet-button" };
    let points = [
        (Text::PointStayTitle, Text::PointStayText),
        (Text::PointDevicesTitle, Text::PointDevicesText),
        (Text::PointCopiesTitle, Text::PointCopiesText),
    ];
    let points = points.map(|(title, text)| {
        view! { <li><h2>{texts.get(title)}</h2><p>{texts.get(text)}</p></li> }
    });
    let register = registration_open.then(|| texts.get(Text::CreateAccount));
    view! {
        <section class="hero">
            <h1>{texts.get(Text::HomeTitle)}" "<span class="accent">{texts.get(Text::HomeAccent)}</span></h1>
            <p class="lead">{texts.get(Text::HomeLead)}</p>
            <p class="actions">
                {register.map(|label| view! {
                    <A href=pages::REGISTER attr:class="carnet-button">{label}</A>
                })}
                <A href=pages::LOGIN attr:class=sign_in_class>{texts.get(Text::SignIn)}</A>
            </p>
        </section>
        <ul class="points">{points}</ul>
    }
}

fn welcome_back() -> impl IntoView {
    let user = use_auth().user();
    let texts = use_texts();
    let name =
        move || user.get().map(|user| if user.name.is_empty() { user.username } else { user.name });
    let (before, after) = texts.around_gap(Text::Hello);
    view! {
        <h1>{before}<span translate="no">{name}</span>{after}</h1>
        <p class="lead">{texts.get(Text::SignedInHere)}</p>
        <ul class="sheet rows">
            <li>
                <A href=pages::PROFILE attr:class="row-link">
                    <strong>{texts.get(Text::Profile)}</strong>
                    <span class="carnet-quiet">{texts.get(Text::ProfileLinkText)}</span>
                </A>
            </li>
            <li>
                <A href=pages::SESSIONS attr:class="row-link">
                    <strong>{texts.get(Text::Devices)}</strong>
                    <span class="carnet-quiet">{texts.get(Text::DevicesLinkText)}</span>
                </A>
            </li>
        </ul>
    }
}
