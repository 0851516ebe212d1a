use futures::future::join_all;
use sqlx::{Connection, PgConnection};

use crate::support::TestApp;

/// As when PostgreSQL is started anew, or something in between forgets who is connected.
#[tokio::test]
async fn each_connection_that_was_cut_off_costs_one_request_at_most() {
    const OTHERS: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let app = TestApp::on_postgres(&["database.max_connections=4"]).await;
    let ada = app.registered("ada").await;
    join_all((0..8).map(|_| ada.get("/api/me"))).await;
    let mut operator = PgConnection::connect(app.database()).await.unwrap();
    sqlx::query(OTHERS).execute(&mut operator).await.unwrap();
    let mut refused = 0;
    for _ in 0..4 {
        for answer in join_all((0..4).map(|_| ada.get("/api/me"))).await {
            if answer.status != 200 {
                answer.refused(503, "unavailable");
                refused += 1;
            }
        }
    }
    assert!(refused <= 4, "{refused} were refused");
    ada.get("/api/me").await.with_status(200);
}
