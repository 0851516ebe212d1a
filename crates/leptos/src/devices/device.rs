use carnet_shared::SessionView;
use leptos::prelude::*;

use super::icon::icon;
use super::state::DevicesState;
use crate::dates::{ago, day};
use crate::forms::{FormName, action, ended};
use crate::{Text, use_texts};

/// One device that is signed in: this one without a button, since signing out here is another button.
pub(super) fn row(devices: DevicesState, session: SessionView, now: i64) -> impl IntoView {
    let texts = use_texts();
    let active = if session.current {
        texts.get(Text::ActiveNow).to_owned()
    } else {
        let when = ago(texts, session.last_used_at, now);
        texts.fill(Text::ActiveWhen, &[("when", &when)])
    };
    let since =
        day(texts, session.created_at).map(|day| texts.fill(Text::SinceDay, &[("day", &day)]));
    let facts = [Some(active), Some(session.address.clone()), since];
    view! {
        <li class="carnet-device">
            {icon(&session.device)}
            <div class="carnet-device-text">
                <p>
                    <strong>{session.device.clone()}</strong>
                    {session.current.then(|| view! {
                        <span class="carnet-here">{texts.get(Text::ThisDevice)}</span>
                    })}
                </p>
                {fact_line(facts)}
            </div>
            {(!session.current).then(|| end_form(devices, session))}
        </li>
    }
}

/// One device that no longer is, and why.
pub(super) fn ended_row(session: &SessionView, now: i64) -> impl IntoView + use<> {
    let texts = use_texts();
    let when = session.ended_at.map(|at| ago(texts, at, now));
    let facts = [when, Some(session.address.clone()), None];
    view! {
        <li class="carnet-device">
            {icon(&session.device)}
            <div class="carnet-device-text">
                <p><strong>{session.device.clone()}</strong></p>
                <p>{texts.get(ended(session.ended_because.as_deref()))}</p>
                {fact_line(facts)}
            </div>
        </li>
    }
}

fn end_form(devices: DevicesState, session: SessionView) -> impl IntoView {
    let texts = use_texts();
    let SessionView { id, device, .. } = session;
    let sent = id.clone();
    let label = texts.fill(Text::SignOutDevice, &[("device", &device)]);
    view! {
        <form method="post" action=action(FormName::EndSession) on:submit=move |event| devices.end(&event, id.clone())>
            <input type="hidden" name="form" value=FormName::EndSession.slug() />
            <input type="hidden" name="id" value=sent />
            <button
                type="submit"
                class="carnet-button carnet-plain carnet-danger"
                aria-label=label
                disabled=move || devices.form.is_busy()
            >
                {texts.get(Text::SignOut)}
            </button>
        </form>
    }
}

/// Short facts side by side; where they do not fit, each keeps together.
fn fact_line(facts: [Option<String>; 3]) -> impl IntoView {
    let facts: Vec<_> =
        facts.into_iter().flatten().map(|fact| view! { <span>{fact}</span> }).collect();
    view! { <p class="carnet-facts">{facts}</p> }
}
