use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;

/// How long a job may take. Whatever it has not done by then it does the next time.
const DEADLINE: Duration = Duration::from_secs(10 * 60);

/// When each job that runs in the background last succeeded, for operators to watch.
#[derive(Debug, Default)]
pub(crate) struct Jobs(Mutex<BTreeMap<&'static str, i64>>);

impl Jobs {
    /// Runs a job within the deadline. A failure is logged; the job is tried again when it is due.
    pub(crate) async fn run<E: Display>(
        &self,
        name: &'static str,
        clock: &dyn Clock,
        job: impl Future<Output = Result<(), E>>,
    ) {
        match tokio::time::timeout(DEADLINE, job).await {
            Ok(Ok(())) => self.succeeded(name, clock),
            Ok(Err(error)) => tracing::error!(job = name, %error, "a background job failed"),
            Err(_) => tracing::error!(job = name, "a background job took too long"),
        }
    }

    /// Notes that a job has succeeded now.
    pub(crate) fn succeeded(&self, name: &'static str, clock: &dyn Clock) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, clock.now());
    }

    /// The jobs that have succeeded, and when they last did, in Unix seconds.
    pub(crate) fn last_successes(&self) -> BTreeMap<&'static str, i64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
