use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteConnectOptions;

use super::*;

type Sqlite = Connections<SqliteConnection>;

/// Two at most, each with a database of its own in memory.
fn connections() -> Sqlite {
    let patience = Patience {
        connection: Duration::from_millis(50),
        statements: Duration::from_secs(5),
        statements_again: Duration::from_secs(5),
        asked_again: None,
    };
    Connections::new(SqliteConnectOptions::new().in_memory(true), 2, patience)
}

async fn run(connections: &Sqlite, sql: &'static str) -> Result<i64, StoreError> {
    let mut held = connections.take().await?;
    let result = sqlx::query_scalar(sql).fetch_one(held.connection()).await;
    held.done(result.map_err(StoreError::from))
}

/// Leaves a mark on a connection, which is lost when another is opened.
async fn mark(connections: &Sqlite) {
    run(connections, "CREATE TABLE mark AS SELECT 7 AS seen; SELECT 7").await.unwrap();
}

async fn is_marked(connections: &Sqlite) -> bool {
    run(connections, "SELECT count(*) FROM sqlite_schema WHERE name = 'mark'").await.unwrap() == 1
}

fn resting(connections: &Sqlite) -> usize {
    connections.0.resting().len()
}

/// Waits until nobody has a connection.
async fn until_all_rest(connections: &Sqlite) {
    let turns = connections.0.turns.acquire_many(2);
    drop(timeout(Duration::from_secs(5), turns).await.expect("they come to rest").unwrap());
}

#[tokio::test]
async fn one_that_has_answered_serves_the_next() {
    let connections = connections();
    mark(&connections).await;
    for _ in 0..3 {
        assert!(is_marked(&connections).await);
        assert_eq!(resting(&connections), 1);
    }
}

#[tokio::test]
async fn after_a_fault_it_is_let_go_and_after_a_refusal_it_is_asked() {
    let connections = connections();
    mark(&connections).await;
    run(&connections, "CREATE TABLE one (only PRIMARY KEY); SELECT 1").await.unwrap();
    run(&connections, "INSERT INTO one VALUES (1); SELECT 1").await.unwrap();
    let refused = run(&connections, "INSERT INTO one VALUES (1) RETURNING 1").await.unwrap_err();
    assert!(!refused.is_fault(), "{refused}");
    until_all_rest(&connections).await;
    assert!(is_marked(&connections).await);
    assert!(run(&connections, "SELECT nothing").await.unwrap_err().is_fault());
    assert_eq!(resting(&connections), 0);
    assert!(!is_marked(&connections).await);
}

#[tokio::test]
async fn one_whose_caller_goes_midway_comes_to_rest_with_nothing_left_open() {
    let connections = connections();
    mark(&connections).await;
    let mut held = connections.take().await.unwrap();
    let mut transaction = held.connection().begin().await.unwrap();
    sqlx::query("DROP TABLE mark").execute(&mut *transaction).await.unwrap();
    drop(transaction);
    drop(held);
    until_all_rest(&connections).await;
    assert_eq!(resting(&connections), 1);
    assert!(is_marked(&connections).await);
    // Until one goes in the middle: the other thread may be quick enough to answer at once.
    let mut went_midway = false;
    for _ in 0..10_000 {
        let mut gone = Box::pin(run(&connections, "SELECT 7"));
        went_midway = futures::poll!(&mut gone).is_pending();
        if went_midway {
            break;
        }
    }
    assert!(went_midway, "each was answered at once");
    until_all_rest(&connections).await;
    assert!(is_marked(&connections).await);
}

#[tokio::test]
async fn whoever_finds_all_in_use_waits_and_not_for_ever() {
    let connections = connections();
    let (one, _other) = (connections.take().await.unwrap(), connections.take().await.unwrap());
    let refused = connections.take().await.map(drop);
    assert!(matches!(refused, Err(StoreError::Database(sqlx::Error::PoolTimedOut))), "{refused:?}");
    let (waited, ()) = tokio::join!(run(&connections, "SELECT 7"), async { drop(one) });
    assert_eq!(waited.unwrap(), 7);
}

#[tokio::test]
async fn an_old_one_is_opened_anew_and_one_that_nobody_needs_is_let_go() {
    let connections = connections();
    mark(&connections).await;
    let long_ago = |age| Instant::now().checked_sub(age).expect("the machine is older");
    connections.0.resting()[0].opened = long_ago(LONGEST_LIFE);
    assert!(!is_marked(&connections).await);
    assert_eq!(resting(&connections), 1);

    let (one, other) = (connections.take().await.unwrap(), connections.take().await.unwrap());
    one.done(Ok(())).unwrap();
    other.done(Ok(())).unwrap();
    assert_eq!(resting(&connections), 2);
    connections.0.resting()[0].since = long_ago(LONGEST_REST);
    run(&connections, "SELECT 7").await.unwrap();
    assert_eq!(resting(&connections), 1);
}

#[tokio::test]
async fn closed_it_gives_none_and_takes_none_back() {
    let connections = connections();
    let held = connections.take().await.unwrap();
    connections.close().await;
    held.done(Ok(())).unwrap();
    assert_eq!(resting(&connections), 0);
    let refused = run(&connections, "SELECT 7").await;
    assert!(matches!(refused, Err(StoreError::Database(sqlx::Error::PoolClosed))), "{refused:?}");
}
