use carnet_leptos::{
    ChangePasswordForm, FormName, ProfileForm, Text, day, form_came_back, use_auth, use_texts,
};
use leptos::html::Details;
use leptos::prelude::*;

/// The account: who it is, and what can be changed about it.
pub(super) fn profile() -> impl IntoView {
    let texts = use_texts();
    view! {
        {heading()}
        <section class="sheet rows">
            <div class="row">
                <h2>{texts.get(Text::AboutYou)}</h2>
            </div>
            <div class="row">{facts()}</div>
            {change_name()}
        </section>
        <section class="sheet rows">
            <div class="row">
                <h2>{texts.get(Text::PasswordSection)}</h2>
                <p class="carnet-quiet">{texts.get(Text::PasswordSectionText)}</p>
            </div>
            {change_password()}
        </section>
    }
}

fn heading() -> impl IntoView {
    let user = use_auth().user();
    let texts = use_texts();
    let name =
        move || user.get().map(|user| if user.name.is_empty() { user.username } else { user.name });
    let initial =
        move || name().and_then(|name| name.chars().next()).map(|it| it.to_uppercase().to_string());
    let since = move || {
        let day = day(texts, user.get()?.created_at)?;
        Some(texts.fill(Text::MemberSince, &[("day", &day)]))
    };
    view! {
        <div class="person">
            <span class="initial" aria-hidden="true" translate="no">{initial}</span>
            <div>
                <h1 translate="no">{name}</h1>
                <p class="lead">{since}</p>
            </div>
        </div>
    }
}

fn facts() -> impl IntoView {
    let user = use_auth().user();
    let texts = use_texts();
    let roles_label = texts.get(Text::Roles);
    let roles = move || user.get().map(|user| user.roles).unwrap_or_default();
    view! {
        <dl class="facts">
            <div>
                <dt>{texts.get(Text::UsernameLabel)}</dt>
                <dd translate="no">{move || user.get().map(|user| user.username)}</dd>
            </div>
            <div>
                <dt>{texts.get(Text::EmailLabel)}</dt>
                <dd translate="no">{move || user.get().map(|user| user.email)}</dd>
            </div>
            {move || (!roles().is_empty()).then(|| view! {
                <div>
                    <dt>{roles_label}</dt>
                    <dd class="tags" translate="no">{roles().into_iter().map(tag).collect::<Vec<_>>()}</dd>
                </div>
            })}
        </dl>
    }
}

fn tag(role: String) -> impl IntoView {
    view! { <span class="tag">{role}</span> }
}

/// The form for the name, folded away until it is wanted.
fn change_name() -> impl IntoView {
    let fold = NodeRef::<Details>::new();
    view! {
        <details class="fold" node_ref=fold open=form_came_back(FormName::Name)>
            <summary>{use_texts().get(Text::EditName)}</summary>
            <ProfileForm on_saved=move |()| close(fold) />
        </details>
    }
}

/// The form for a new password, folded away until it is wanted.
fn change_password() -> impl IntoView {
    let fold = NodeRef::<Details>::new();
    view! {
        <details class="fold" node_ref=fold open=form_came_back(FormName::Password)>
            <summary>{use_texts().get(Text::ChangePassword)}</summary>
            <ChangePasswordForm on_changed=move |()| close(fold) />
        </details>
    }
}

fn close(fold: NodeRef<Details>) {
    if let Some(fold) = fold.get_untracked() {
        fold.set_open(false);
    }
}
