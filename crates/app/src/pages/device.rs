use carnet_leptos::use_auth;
use carnet_shared::SessionView;
use carnet_shared::paths::pages;
use leptos::prelude::*;

use super::devices::Devices;
use crate::components::device_icon;
use crate::{FormName, dates, words};

/// One device that is signed in: this one without a button, since that is in the header.
pub(super) fn row(devices: Devices, session: SessionView, now: i64) -> impl IntoView {
    let active = if session.current {
        "Active now".to_owned()
    } else {
        format!("Active {}", dates::ago(session.last_used_at, now))
    };
    let since = dates::day(session.created_at).map(|day| format!("since {day}"));
    let facts = [Some(active), Some(session.address.clone()), since];
    view! {
        <li class="row device">
            {device_icon(&session.device)}
            <div class="device-text">
                <p>
                    <strong>{session.device.clone()}</strong>
                    {session.current.then(|| view! { <span class="here">"This device"</span> })}
                </p>
                {fact_line(facts)}
            </div>
            {(!session.current).then(|| end_form(devices, session))}
        </li>
    }
}

/// One device that no longer is, and why.
pub(super) fn ended_row(session: &SessionView, now: i64) -> impl IntoView + use<> {
    let when = session.ended_at.map(|at| dates::ago(at, now));
    let facts = [when, Some(session.address.clone()), None];
    view! {
        <li class="row device">
            {device_icon(&session.device)}
            <div class="device-text">
                <p><strong>{session.device.clone()}</strong></p>
                <p>{words::ended(session.ended_because.as_deref())}</p>
                {fact_line(facts)}
            </div>
        </li>
    }
}

fn end_form(devices: Devices, session: SessionView) -> impl IntoView {
    let SessionView { id, device, .. } = session;
    let sent = id.clone();
    view! {
        <form method="post" action=use_auth().page(pages::SESSIONS) on:submit=move |event| devices.end(&event, id.clone())>
            <input type="hidden" name="form" value=FormName::EndSession.slug() />
            <input type="hidden" name="id" value=sent />
            <button type="submit" class="button plain danger" disabled=move || devices.form.is_busy()>
                "Sign out"
                <span class="unseen">{format!(" {device}")}</span>
            </button>
        </form>
    }
}

/// Short facts side by side; where they do not fit, each keeps together.
fn fact_line(facts: [Option<String>; 3]) -> impl IntoView {
    let facts: Vec<_> =
        facts.into_iter().flatten().map(|fact| view! { <span>{fact}</span> }).collect();
    view! { <p class="facts-line">{facts}</p> }
}
