//! Where an account is signed in.
#![expect(unreachable_pub, reason = "the component macro makes what it writes public")]

mod device;
mod icon;
mod state;

use carnet_shared::SessionView;
use leptos::either::Either;
use leptos::prelude::*;

use self::device::{ended_row, row};
use self::state::DevicesState;
use crate::dates;
use crate::forms::{ErrorSummary, FormName, action};
use crate::page::use_page;
use crate::{Text, use_auth, use_texts};

const MONTH: i64 = 30 * 24 * 60 * 60;

/// Where the account is signed in, each place with a button to sign out there, and what was signed out
/// lately and why. It asks for the list itself, unless the page came with it.
///
/// ```
/// use carnet_leptos::{Devices, Notices, RequireUser};
/// use leptos::prelude::*;
///
/// # #[component]
/// # fn Example() -> impl IntoView {
/// view! { <RequireUser><Notices /><Devices /></RequireUser> }
/// # }
/// ```
#[component]
pub fn Devices() -> impl IntoView {
    let devices = DevicesState::new();
    view! {
        <div class="carnet-devices">
            <ErrorSummary form=devices.form />
            {move || match devices.list.get() {
                None => Either::Left(waiting()),
                Some(list) => Either::Right(lists(devices, list)),
            }}
        </div>
    }
}

fn waiting() -> impl IntoView {
    view! { <p class="carnet-quiet carnet-waiting" role="status">{use_texts().get(Text::DevicesWaiting)}</p> }
}

fn lists(devices: DevicesState, list: Vec<SessionView>) -> impl IntoView {
    let now = use_page().now();
    let (ended, live): (Vec<_>, Vec<_>) = list.into_iter().partition(|it| it.ended_at.is_some());
    let others = live.iter().filter(|it| !it.current).count();
    let count = ended.len().to_string();
    let warning = ended.iter().find(|it| is_recent_copy(it, now)).map(copy_notice);
    let ended: Vec<_> = ended.iter().map(|session| ended_row(session, now)).collect();
    let title = use_texts().fill(Text::RecentlySignedOut, &[("count", &count)]);
    view! {
        {warning}
        <section class="carnet-list">
            <ul>{live.into_iter().map(|session| row(devices, session, now)).collect::<Vec<_>>()}</ul>
            {end_others(devices, others)}
        </section>
        {(!ended.is_empty()).then(|| view! {
            <details class="carnet-list carnet-ended">
                <summary>{title}</summary>
                <ul>{ended}</ul>
            </details>
        })}
    }
}

fn end_others(devices: DevicesState, others: usize) -> impl IntoView {
    let texts = use_texts();
    if others == 0 {
        return Either::Left(view! { <p class="carnet-quiet">{texts.get(Text::NowhereElse)}</p> });
    }
    let label = texts.get(if others == 1 { Text::SignOutOther } else { Text::SignOutOthers });
    Either::Right(view! {
        <form class="carnet-end-others" method="post" action=action(FormName::EndOthers) on:submit=move |event| devices.end_others(&event)>
            <input type="hidden" name="form" value=FormName::EndOthers.slug() />
            <span class="carnet-quiet">{texts.count(Text::DeviceCount, others as u64 + 1)}</span>
            <button
                type="submit"
                class="carnet-button carnet-plain carnet-danger"
                disabled=move || devices.form.is_busy()
            >
                {label}
            </button>
        </form>
    })
}

fn is_recent_copy(session: &SessionView, now: i64) -> bool {
    session.ended_because.as_deref() == Some("reused")
        && session.ended_at.is_some_and(|at| now.saturating_sub(at) < MONTH)
}

/// What the person must know before anything else on this page.
fn copy_notice(session: &SessionView) -> impl IntoView + use<> {
    let texts = use_texts();
    let password_form = if use_page().forms_here() {
        "#change-password".to_owned()
    } else {
        use_auth().page("/profile#change-password")
    };
    let day = session.ended_at.and_then(|at| dates::day(texts, at)).unwrap_or_default();
    let text = texts.fill(Text::CopyText, &[("device", &session.device), ("day", &day)]);
    let (before, after) = texts.around_gap(Text::CopyAdvice);
    view! {
        <div class="carnet-notice carnet-bad">
            <p class="carnet-notice-title">{texts.get(Text::CopyTitle)}</p>
            <p>
                {text}" "{before}
                <a href=password_form rel="external">{texts.get(Text::CopyLink)}</a>
                {after}
            </p>
        </div>
    }
}
