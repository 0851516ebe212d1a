use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::store::StoreError;

/// How often what others changed is looked at: what ends elsewhere ends here within a second.
const CHANGES_INTERVAL: Duration = Duration::from_millis(250);

/// Changes older than this can matter to no token.
const CHANGES_KEPT_SECONDS: i64 = 20 * 60;

/// For how long ended sessions are kept, so that their owner can see how they ended.
const SESSIONS_KEPT_SECONDS: i64 = 31 * 86_400;

/// Looks between two looks at the age of the keys: a minute.
const LOOKS_PER_KEY_CARE: u32 = 4 * 60;

/// Looks between two at which tokens have expired: ten seconds.
const LOOKS_PER_EXPIRY: u32 = 4 * 10;

/// Looks between two clean-ups: an hour.
const LOOKS_PER_CLEANUP: u32 = 4 * 3_600;

/// Takes note of what other processes end and change, for as long as it runs.
pub async fn follow_changes(app: Arc<App>) {
    let announced = app.keys.announce(app.settings.tokens.algorithm).await;
    complain(announced, "no key was announced for the algorithm of the settings");
    let mut looks: u32 = 0;
    let mut interval = tokio::time::interval(CHANGES_INTERVAL);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        let now = app.clock.now();
        match app.live.catch_up(&app.store, now).await {
            Ok(false) => {}
            Ok(true) => complain(app.keys.reload().await, "changed keys cannot be read"),
            Err(error) => complain::<StoreError>(
                Err(error),
                "changes of other processes are not seen at the moment",
            ),
        }
        if looks.is_multiple_of(LOOKS_PER_KEY_CARE) {
            let fresh = app.keys.keep_fresh(&app.settings.tokens).await;
            complain(fresh, "keys were not renewed");
        }
        if looks.is_multiple_of(LOOKS_PER_EXPIRY) {
            app.verified_tokens.forget_expired(now);
        }
        looks = looks.wrapping_add(1);
        if looks.is_multiple_of(LOOKS_PER_CLEANUP) {
            clear_away(&app, now).await;
        }
    }
}

fn complain<E: Display>(result: Result<(), E>, what: &str) {
    if let Err(error) = result {
        tracing::error!(%error, what);
    }
}

async fn clear_away(app: &App, now: i64) {
    let changes = app.store.forget_changes(now - CHANGES_KEPT_SECONDS).await;
    let sessions = app.store.forget_sessions(now - SESSIONS_KEPT_SECONDS).await;
    for result in [changes, sessions] {
        if let Err(error) = result {
            tracing::warn!(%error, "what is long over was not cleared away");
        }
    }
}
