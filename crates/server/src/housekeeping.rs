//! What the server does by itself from time to time.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::app::App;

/// How often it is looked at what is due.
const TICK: Duration = Duration::from_secs(1);

/// Records what was counted, for as long as it runs.
pub async fn keep_house(app: Arc<App>) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        app.record_refusals().await;
    }
}
