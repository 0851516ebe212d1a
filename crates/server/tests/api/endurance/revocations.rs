//! However the database and the clocks behave, no revocation is lost, and each is heard within a
//! second once the database answers.

use std::sync::Arc;
use std::time::Duration;

use carnet_server::store::EndReason;
use sqlx::{Connection, PgConnection};
use tokio::time::Instant;

use crate::support::{Person, Proxy, TestApp, times};

/// What is in the way while a session ends.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    /// The end is committed long after others that began later.
    LateCommit,
    /// Nobody can read the changes.
    LockedChanges,
    /// The network swallows everything, and forwards it later.
    Stalled,
    /// The network swallows everything, and the connections until then are dead.
    BlackHoled,
    /// Nothing but the clocks, which differ.
    None,
}

const TROUBLES: [Trouble; 5] = [
    Trouble::LateCommit,
    Trouble::LockedChanges,
    Trouble::Stalled,
    Trouble::BlackHoled,
    Trouble::None,
];

/// By how much the clock of the server that must hear is ahead, in seconds.
const SKEWS: [i64; 5] = [0, -90, 90, -3_600, 3_600];

/// One server for each skew, behind a proxy of its own.
struct Hearing {
    proxy: Proxy,
    server: TestApp,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_revocation_is_lost_and_each_is_heard_within_a_second() {
    let (histories, mut slowest) = (times(10, 200), Duration::ZERO);
    let app = TestApp::on_postgres(&[]).await;
    app.registered("ada").await;
    let mut hearing = Vec::new();
    for skew in SKEWS {
        let proxy = Proxy::of(app.database()).await;
        let clock = Arc::new(app.clock.off_by(skew));
        let server = app.sibling_by_way_of(&proxy, clock).await;
        hearing.push(Hearing { proxy, server });
    }
    for history in 0..histories {
        let skew = history % SKEWS.len();
        let trouble = TROUBLES[(history / SKEWS.len() + history) % TROUBLES.len()];
        let heard = one_history(&app, &hearing[skew], trouble).await;
        assert!(heard < Duration::from_secs(1), "{trouble:?} {} s: {heard:?}", SKEWS[skew]);
        slowest = slowest.max(heard);
    }
    eprintln!("{histories} revocations, none lost, the slowest heard after {slowest:.0?}");
}

/// Ends a session in the midst of a trouble; says how long after it the end was heard.
async fn one_history(app: &TestApp, hearing: &Hearing, trouble: Trouble) -> Duration {
    let Hearing { proxy, server } = hearing;
    let person = server.signed_in("ada").await;
    let mut operator = PgConnection::connect(app.database()).await.unwrap();
    let recovered = match trouble {
        Trouble::None => {
            end(app, &person).await;
            Instant::now()
        }
        Trouble::LateCommit => {
            let mut late = operator.begin().await.unwrap();
            end_in(&mut late, &person.session).await;
            for _ in 0..3 {
                let other = app.signed_in("ada").await;
                end(app, &other).await;
                assert!(app.soon_refuses(&other.access).await);
                server.get("/readyz").await.with_status(200);
            }
            server.get_with("/api/auth/session", &person.access).await.with_status(200);
            late.commit().await.unwrap();
            Instant::now()
        }
        Trouble::LockedChanges => {
            let mut lock = operator.begin().await.unwrap();
            end_in(&mut lock, &person.session).await;
            let sql = "LOCK TABLE changes IN ACCESS EXCLUSIVE MODE";
            sqlx::query(sql).execute(&mut *lock).await.unwrap();
            notice(server).await;
            lock.commit().await.unwrap();
            Instant::now()
        }
        Trouble::Stalled | Trouble::BlackHoled => {
            proxy.hold();
            end(app, &person).await;
            notice(server).await;
            match trouble {
                Trouble::Stalled => proxy.release(),
                _ => proxy.release_new(),
            }
            Instant::now()
        }
    };
    while server.get_with("/api/auth/session", &person.access).await.status != 401 {
        assert!(recovered.elapsed() < Duration::from_secs(30), "{trouble:?}: it is lost");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    recovered.elapsed()
}

async fn end(app: &TestApp, person: &Person<'_>) {
    let now = app.now();
    let ended = app.store().end_session(&person.session, EndReason::Operator, now).await.unwrap();
    assert!(ended.is_some());
}

/// The same in a transaction that goes on.
async fn end_in(connection: &mut PgConnection, session: &str) {
    const END: &str = "UPDATE sessions SET ended_at = 1, ended_because = 'operator' WHERE id = $1";
    const CHANGE: &str = "INSERT INTO changes (id, kind, subject, at, position) \
         SELECT 'session:' || $1, 'session', $1, EXTRACT(EPOCH FROM clock_timestamp())::bigint, \
         pg_current_xact_id()::text::bigint";
    for sql in [END, CHANGE] {
        sqlx::query(sql).bind(session).execute(&mut *connection).await.unwrap();
    }
}

/// Waits until the server has noticed that it hears nothing.
async fn notice(server: &TestApp) {
    server.clock.advance(3);
    while server.get("/readyz").await.status != 503 {}
}
