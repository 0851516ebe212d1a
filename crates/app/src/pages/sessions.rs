use carnet_leptos::use_auth;
use carnet_shared::SessionView;
use carnet_shared::paths::pages;
use leptos::either::Either;
use leptos::prelude::*;

use super::device::{ended_row, row};
use super::devices::Devices;
use crate::FormName;
use crate::app::use_page;
use crate::components::ErrorSummary;
use crate::dates;

const MONTH: i64 = 30 * 24 * 60 * 60;

/// Where the account is signed in.
pub(super) fn sessions() -> impl IntoView {
    let devices = Devices::new();
    view! {
        <h1>"Where you are signed in"</h1>
        <p class="lead">"If something here is not you, sign it out and change your password."</p>
        <ErrorSummary form=devices.form />
        {move || match devices.list.get() {
            None => Either::Left(waiting()),
            Some(list) => Either::Right(lists(devices, list)),
        }}
    }
}

fn waiting() -> impl IntoView {
    view! { <p class="quiet waiting" role="status">"Looking up your devices…"</p> }
}

fn lists(devices: Devices, list: Vec<SessionView>) -> impl IntoView {
    let now = use_page().now;
    let (ended, live): (Vec<_>, Vec<_>) = list.into_iter().partition(|it| it.ended_at.is_some());
    let others = live.iter().filter(|it| !it.current).count();
    let count = ended.len();
    let warning = ended.iter().find(|it| is_recent_reuse(it, now)).map(reuse_notice);
    let ended: Vec<_> = ended.iter().map(|session| ended_row(session, now)).collect();
    view! {
        {warning}
        <section class="sheet rows">
            <ul class="rows">
                {live.into_iter().map(|session| row(devices, session, now)).collect::<Vec<_>>()}
            </ul>
            {end_others(devices, others)}
        </section>
        {(count > 0).then(|| view! {
            <details class="sheet rows fold ended">
                <summary>{format!("Recently signed out ({count})")}</summary>
                <ul class="rows">{ended}</ul>
            </details>
        })}
    }
}

fn end_others(devices: Devices, others: usize) -> impl IntoView {
    if others == 0 {
        return Either::Left(view! { <p class="row quiet">"You are signed in nowhere else."</p> });
    }
    let label = if others == 1 { "Sign out the other device" } else { "Sign out all others" };
    Either::Right(view! {
        <form class="row split" method="post" action=use_auth().page(pages::SESSIONS) on:submit=move |event| devices.end_others(&event)>
            <input type="hidden" name="form" value=FormName::EndOthers.slug() />
            <span class="quiet">{format!("{} devices", others + 1)}</span>
            <button type="submit" class="button plain danger" disabled=move || devices.form.is_busy()>
                {label}
            </button>
        </form>
    })
}

fn is_recent_reuse(session: &SessionView, now: i64) -> bool {
    session.ended_because.as_deref() == Some("reused")
        && session.ended_at.is_some_and(|at| now.saturating_sub(at) < MONTH)
}

/// What the person must know before anything else on this page.
fn reuse_notice(session: &SessionView) -> impl IntoView + use<> {
    let password_form = use_auth().page("/profile#change-password");
    let when = session.ended_at.and_then(dates::day).map(|day| format!(" on {day}"));
    view! {
        <div class="notice bad">
            <p class="notice-title">"We signed out one device to be safe"</p>
            <p>
                "An old copy of the sign-in of "
                <strong>{session.device.clone()}</strong>
                " was used"
                {when}
                ". Somebody may have copied it. If you do not know why, "
                <a href=password_form rel="external">"change your password"</a>"."
            </p>
        </div>
    }
}
