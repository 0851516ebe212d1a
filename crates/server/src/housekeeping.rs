//! What the server does by itself from time to time.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::app::App;
use crate::store::StoreError;

/// How often what was counted is recorded.
const RECORDING: Duration = Duration::from_secs(1);

/// How often it is looked whether there is room on the disk.
const MEASURING: Duration = Duration::from_secs(2);

/// How often it is looked whether it is time to clean up. A server that has just started looks at
/// once, so one that never runs for long cleans up too.
const LOOKING: Duration = Duration::from_secs(10 * 60);

/// How often is cleaned up, by whichever process looks first.
const CLEANING_SECONDS: i64 = 3_600;

/// How long ended sessions are kept, so that their owner can see how they ended.
const SESSIONS_KEPT_SECONDS: i64 = 31 * 86_400;

/// Records what was counted and removes what is kept no longer, for as long as it runs.
pub async fn keep_house(app: Arc<App>) {
    // Side by side: a clean-up may take long.
    tokio::join!(record(&app), keep_room(&app), clean(&app));
}

async fn record(app: &App) {
    let mut ticks = ticks(RECORDING);
    loop {
        ticks.tick().await;
        app.record_refusals().await;
        app.write_ends().await;
    }
}

async fn keep_room(app: &App) {
    let mut ticks = ticks(MEASURING);
    loop {
        ticks.tick().await;
        app.store.keep_reserve().await;
    }
}

async fn clean(app: &App) {
    let mut ticks = ticks(LOOKING);
    loop {
        ticks.tick().await;
        app.jobs.run("clean_up", &*app.clock, clean_up(app)).await;
    }
}

fn ticks(time: Duration) -> Interval {
    let mut ticks = interval(time);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Removes what is kept no longer, unless that was done within the last hour.
async fn clean_up(app: &App) -> Result<(), StoreError> {
    let now = app.clock.now();
    if !app.store.begin_job("clean_up", now, CLEANING_SECONDS).await? {
        return Ok(());
    }
    app.store.forget_sessions(now - SESSIONS_KEPT_SECONDS).await?;
    app.store.forget_events(now - app.settings.audit.keep.seconds()).await
}
