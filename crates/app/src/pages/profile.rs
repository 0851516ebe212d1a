use leptos::prelude::*;

use super::change_name::change_name;
use super::change_password::change_password;
use crate::app::use_page;
use crate::dates;
use carnet_leptos::use_auth;

/// The account: who it is, and what can be changed about it.
pub(super) fn profile() -> impl IntoView {
    let page = use_page();
    view! {
        {heading()}
        <section class="sheet rows">
            <div class="row">
                <h2>"About you"</h2>
            </div>
            <div class="row">{facts()}</div>
            {change_name(&page)}
        </section>
        <section class="sheet rows">
            <div class="row">
                <h2>"Password"</h2>
                <p class="quiet">"Changing it signs out your other devices."</p>
            </div>
            {change_password(&page)}
        </section>
    }
}

fn heading() -> impl IntoView {
    let user = use_auth().user();
    let name =
        move || user.get().map(|user| if user.name.is_empty() { user.username } else { user.name });
    let initial =
        move || name().and_then(|name| name.chars().next()).map(|it| it.to_uppercase().to_string());
    let since = move || user.get().and_then(|user| dates::day(user.created_at));
    view! {
        <div class="person">
            <span class="initial" aria-hidden="true" translate="no">{initial}</span>
            <div>
                <h1 translate="no">{name}</h1>
                <p class="lead">"Member since "{since}</p>
            </div>
        </div>
    }
}

fn facts() -> impl IntoView {
    let user = use_auth().user();
    let roles = move || user.get().map(|user| user.roles).unwrap_or_default();
    view! {
        <dl class="facts">
            <div>
                <dt>"Username"</dt>
                <dd translate="no">{move || user.get().map(|user| user.username)}</dd>
            </div>
            <div>
                <dt>"E-mail"</dt>
                <dd translate="no">{move || user.get().map(|user| user.email)}</dd>
            </div>
            {move || (!roles().is_empty()).then(|| view! {
                <div>
                    <dt>"Roles"</dt>
                    <dd class="tags" translate="no">{roles().into_iter().map(tag).collect::<Vec<_>>()}</dd>
                </div>
            })}
        </dl>
    }
}

fn tag(role: String) -> impl IntoView {
    view! { <span class="tag">{role}</span> }
}
