use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use carnet_shared::paths;

use crate::app::App;

/// What operators count, for an address of its own: who sees it learns how busy the service is, so
/// it is not for everybody.
pub fn metrics_router(app: &Arc<App>) -> Router {
    Router::new().route(paths::METRICS, get(metrics)).with_state(Arc::clone(app))
}

/// GET `/metrics`: the counts since the start of this process, as Prometheus reads them.
async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    let mut text = String::new();
    let decisions = app.refresh_decisions();
    family(
        &mut text,
        "carnet_refresh_decisions_total",
        "What refreshes came to.",
        "counter",
        "decision",
        &decisions,
    );
    family(
        &mut text,
        "carnet_events_total",
        "What was recorded for the audit.",
        "counter",
        "kind",
        &app.events.all(),
    );
    family(
        &mut text,
        "carnet_connections_closed_total",
        "Connections that were closed or refused by the server.",
        "counter",
        "because",
        &app.connections_closed(),
    );
    family(
        &mut text,
        "carnet_unknown_clients_total",
        "Requests whose client a trusted proxy did not name.",
        "counter",
        "because",
        &app.forwarded_faults.counts.all(),
    );
    family(
        &mut text,
        "carnet_job_last_success_timestamp_seconds",
        "When each background job last succeeded.",
        "gauge",
        "job",
        &app.jobs.last_successes(),
    );
    age_of_changes(&mut text, &app);
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}

fn age_of_changes(text: &mut String, app: &App) {
    let seconds = app.reader.age(&*app.clock) as f64 / 1000.0;
    // Writing to a text cannot fail.
    let _ = writeln!(
        text,
        "# HELP carnet_changes_age_seconds How old the knowledge of what other instances ended is.\n\
         # TYPE carnet_changes_age_seconds gauge\ncarnet_changes_age_seconds {seconds}"
    );
}

fn family<N: Display>(
    text: &mut String,
    name: &str,
    help: &str,
    kind: &str,
    label: &str,
    values: &BTreeMap<&'static str, N>,
) {
    // Writing to a text cannot fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    for (labelled, value) in values {
        let _ = writeln!(text, "{name}{{{label}=\"{labelled}\"}} {value}");
    }
}
