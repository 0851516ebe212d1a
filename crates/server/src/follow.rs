use std::sync::Arc;
use std::time::Duration;

use crate::app::{App, learn_password_costs};
use crate::audit::{DeploymentEvent, Event, Origin};
use crate::keys::KeyError;
use crate::store::StoreError;

/// How often the changes are read: what ends elsewhere ends here within a second.
const CHANGES_INTERVAL: Duration = Duration::from_millis(250);

/// How often it is looked what has expired.
const CARE_INTERVAL: Duration = Duration::from_secs(10);

/// Rounds between two looks at the age of the keys: a minute.
const ROUNDS_PER_KEY_CARE: u32 = 6;

/// The names of the jobs in the metrics.
const CHANGES: &str = "changes";
const KEYS: &str = "keys";
const FORGET_CHANGES: &str = "forget_changes";

/// Takes note of what other processes end and change, renews keys, and forgets what has expired, for
/// as long as it runs.
pub async fn follow_changes(app: Arc<App>) {
    // Side by side: no clean-up holds up what has to be heard within a second.
    tokio::join!(read_changes(&app), take_care(&app), learn_password_costs(&app));
}

async fn read_changes(app: &App) {
    let mut interval = tokio::time::interval(CHANGES_INTERVAL);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        // What fails was logged.
        if app.read_changes().await.is_ok() {
            app.jobs.succeeded(CHANGES, &*app.clock);
        }
    }
}

async fn take_care(app: &App) {
    let (jobs, clock) = (&app.jobs, &*app.clock);
    jobs.run(KEYS, clock, announce_keys(app)).await;
    let mut rounds: u32 = 0;
    let mut interval = tokio::time::interval(CARE_INTERVAL);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        app.live.forget(clock.monotonic_millis());
        app.verified_tokens.forget_expired(clock.now());
        if rounds.is_multiple_of(ROUNDS_PER_KEY_CARE) {
            jobs.run(KEYS, clock, keep_keys_fresh(app)).await;
            jobs.run(FORGET_CHANGES, clock, forget_changes(app)).await;
        }
        rounds = rounds.wrapping_add(1);
    }
}

async fn announce_keys(app: &App) -> Result<(), KeyError> {
    let announced = app.keys.announce(app.settings.tokens.algorithm).await?;
    record_keys(app, announced).await;
    Ok(())
}

async fn keep_keys_fresh(app: &App) -> Result<(), KeyError> {
    let announced = app.keys.keep_fresh(&app.settings.tokens).await?;
    record_keys(app, announced).await;
    Ok(())
}

async fn record_keys(app: &App, announced: impl IntoIterator<Item = String>) {
    for id in announced {
        let origin = Origin::system(app.new_uuid());
        let event = Event::of_deployment(DeploymentEvent::KeyAdded, origin);
        app.record(event.with_detail(&format!("{id}, announced"))).await;
    }
}

/// In batches, so that nobody else waits long for their write.
async fn forget_changes(app: &App) -> Result<(), StoreError> {
    while app.store.forget_changes().await? > 0 {}
    Ok(())
}
