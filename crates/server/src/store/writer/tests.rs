mod steps;

use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;

use carnet_shared::{Delivery, DisplayName, Email, Secret, Username};
use futures::future::join_all;

use super::*;
use crate::audit::{Event, NewEvent, Origin, SessionEvent};
use crate::random::{Random, SystemRandom};
use crate::settings::{DatabaseSettings, DatabaseUrl};
use crate::store::database::WriteDatabase;
use crate::store::{
    Advanced, Advancement, BegunSession, EndReason, EventFilter, NewSession, NewUser, StartLock,
    Store, StoreUse,
};

/// A store in a folder that is removed with it, and the commits of its connection that writes.
struct Kept {
    store: Store,
    commits: Arc<AtomicU32>,
    folder: PathBuf,
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn open(folder: &Path) -> Store {
    let url = DatabaseUrl::Sqlite(folder.join("carnet.db"));
    let lock = StartLock::take(url.clone()).await.unwrap();
    let (tls, ca, wait) = (None, None, Duration::ZERO);
    let settings = DatabaseSettings { url, max_connections: 2, tls, ca, wait };
    Store::open(&settings, StoreUse::Server, &lock).await.unwrap()
}

impl Kept {
    async fn new() -> Self {
        let random: &dyn Random = &SystemRandom;
        let folder = std::env::temp_dir().join(format!("carnet-writer-{}", random.text()));
        let store = open(&folder).await;
        store.add_user(&user("ada")).await.unwrap();
        let commits = Arc::new(AtomicU32::new(0));
        let kept = Self { store, commits: Arc::clone(&commits), folder };
        kept.before_commits(move || commits.fetch_add(1, Ordering::SeqCst) < u32::MAX).await;
        kept
    }

    /// Commits only where the function says so.
    async fn before_commits(&self, may_commit: impl FnMut() -> bool + Send + 'static) {
        let WriteDatabase::Sqlite(writer) = &self.store.write else { panic!("it is SQLite") };
        let mut line = writer.line.lock().await;
        let State::Resting(connection) = &mut line.state else { panic!("it rests") };
        connection.lock_handle().await.unwrap().set_commit_hook(may_commit);
    }

    async fn record(&self, id: &str) -> Result<(), StoreError> {
        self.record_with(id, "").await
    }

    async fn record_with(&self, id: &str, detail: &str) -> Result<(), StoreError> {
        self.store.record(&event(id, detail)).await
    }

    async fn begin(
        &self,
        session: &NewSession,
        replaced: Option<&str>,
    ) -> Result<Option<BegunSession>, StoreError> {
        let id = format!("begun {}", session.id);
        self.store.begin_session(session, replaced, 1000, &event(&id, "")).await
    }

    async fn recorded(&self) -> usize {
        self.store.events(EventFilter::default(), 1000).await.unwrap().len()
    }

    fn commits(&self) -> u32 {
        self.commits.swap(0, Ordering::SeqCst)
    }
}

fn event<'a>(id: &str, detail: &'a str) -> NewEvent<'a> {
    let origin = Origin::system(uuid::Uuid::nil());
    let event = Event::of_session(SessionEvent::LoginSucceeded, "ada", "a session", origin);
    NewEvent { id: id.to_owned(), at: 0, event: event.with_detail(detail) }
}

fn user(username: &str) -> NewUser {
    NewUser {
        id: username.to_owned(),
        email: Email::parse(&format!("{username}@example.org")).unwrap(),
        username: Username::parse(username).unwrap(),
        name: DisplayName::parse("").unwrap(),
        roles: Vec::new(),
        password_hash: Secret::new("no hash"),
        created_at: 0,
    }
}

fn session(id: String) -> NewSession {
    NewSession {
        id,
        user_id: "ada".to_owned(),
        user_epoch: 0,
        secret_hash: "hash".to_owned(),
        delivery: Delivery::Body,
        simplejwt: false,
        now: 0,
        idle_expires_at: 100,
        expires_at: 100,
        user_agent: String::new(),
        address: String::new(),
        remember: true,
    }
}

fn step(session_id: &str) -> Advancement {
    Advancement {
        session_id: session_id.to_owned(),
        secret_hash: "hash".to_owned(),
        expected_generation: 0,
        new_generation: 1,
        attempt: None,
        now: 1,
        idle_remembered: 100,
        idle_unremembered: 100,
        user_agent: String::new(),
        address: String::new(),
    }
}

#[tokio::test]
async fn refreshes_at_the_same_time_share_a_commit() {
    let kept = Kept::new().await;
    let ids: Vec<String> = (0..64).map(|number| format!("session {number}")).collect();
    for id in &ids {
        kept.begin(&session(id.clone()), None).await.unwrap().unwrap();
    }
    assert_eq!(kept.commits(), 64, "one after the other each has its own");
    let refreshes = join_all(ids.iter().map(async |id| kept.store.advance(&step(id)).await));
    let advanced = refreshes.await;
    assert!(advanced.into_iter().all(|advanced| advanced.unwrap().unwrap().generation == 1));
    assert_eq!(kept.commits(), 1);
}

#[tokio::test]
async fn a_write_that_is_refused_does_not_harm_the_others() {
    let kept = Kept::new().await;
    let again = NewUser { id: "somebody else".to_owned(), ..user("ada") };
    let beginnings = async {
        let (ada, nobody) = (session("a".to_owned()), session("n".to_owned()));
        let nobody = NewSession { user_id: "nobody".to_owned(), ..nobody };
        tokio::join!(kept.begin(&ada, None), kept.begin(&nobody, None), kept.begin(&ada, None),)
    };
    let records =
        |from: u32| join_all((from..from + 8).map(async |n| kept.record(&n.to_string()).await));
    let (before, taken, (begun, not_begun, twice), after) =
        tokio::join!(records(0), kept.store.add_user(&again), beginnings, records(8));
    assert!(before.into_iter().chain(after).all(|recorded| recorded.is_ok()));
    assert!(taken.unwrap_err().is_taken());
    assert!(begun.unwrap().unwrap().ended.is_empty());
    assert!(not_begun.unwrap().is_none());
    assert!(twice.unwrap_err().is_taken());
    assert_eq!((kept.commits(), kept.recorded().await), (1, 17));
    assert!(kept.store.user("somebody else").await.unwrap().is_none());
    assert!(kept.store.session_row("a").await.unwrap().is_some());
}

#[tokio::test]
async fn a_session_and_what_is_recorded_of_it_share_a_commit() {
    let kept = Kept::new().await;
    let (begun, refused) = (event("begun", ""), event("refused", ""));
    let ada = session("a".to_owned());
    kept.store.begin_session(&ada, None, 100, &begun).await.unwrap().unwrap();
    assert_eq!((kept.commits(), kept.recorded().await), (1, 1));
    let nobody = NewSession { user_id: "nobody".to_owned(), ..session("n".to_owned()) };
    let nothing = kept.store.begin_session(&nobody, None, 100, &refused).await.unwrap();
    assert!(nothing.is_none());
    assert_eq!(kept.recorded().await, 1, "of what did not begin nothing is recorded");
}

#[tokio::test]
async fn an_account_that_cannot_be_read_begins_no_session_and_ends_none() {
    let kept = Kept::new().await;
    let (old, new) = (session("old".to_owned()), session("new".to_owned()));
    kept.begin(&old, None).await.unwrap().unwrap();
    let WriteDatabase::Sqlite(writer) = &kept.store.write else { panic!("it is SQLite") };
    let mut turn = writer.turn().await.unwrap();
    let sql = "UPDATE users SET roles = 'no list'";
    let damaged = sqlx::query(sql).execute(turn.connection()).await.map_err(StoreError::from);
    turn.end(damaged).await.unwrap();
    let event = event("new", "");
    let begun = kept.store.begin_session(&new, Some("old"), 100, &event).await;
    assert!(matches!(begun, Err(StoreError::Corrupt("users.roles"))));
    assert!(kept.store.session_row("new").await.unwrap().is_none());
    assert!(kept.store.session_row("old").await.unwrap().unwrap().ended_at.is_none());
    assert_eq!(kept.recorded().await, 1, "the beginning of the old one");
}

#[tokio::test]
async fn nothing_is_acknowledged_of_what_is_not_committed() {
    let kept = Kept::new().await;
    kept.before_commits(|| false).await;
    let records = join_all((0..8).map(async |n| kept.record(&n.to_string()).await));
    let (records, begun) =
        tokio::join!(records, async { kept.begin(&session("a".to_owned()), None).await },);
    assert!(records.into_iter().all(|recorded| matches!(recorded, Err(StoreError::NotCommitted))));
    assert!(matches!(begun, Err(StoreError::NotCommitted)));
    assert_eq!(kept.recorded().await, 0);
    kept.record("later").await.unwrap();
    assert_eq!(kept.recorded().await, 1);
}

#[tokio::test]
async fn a_full_disk_fails_those_of_one_transaction_and_then_no_more() {
    let kept = Kept::new().await;
    let WriteDatabase::Sqlite(writer) = &kept.store.write else { panic!("it is SQLite") };
    let mut line = writer.line.lock().await;
    let State::Resting(connection) = &mut line.state else { panic!("it rests") };
    sqlx::query("PRAGMA max_page_count = 1").execute(connection).await.unwrap();
    drop(line);
    let much = "x".repeat(100_000);
    let (before, full) = tokio::join!(kept.record("1"), kept.record_with("2", &much));
    assert!(matches!(before, Err(StoreError::NotCommitted)), "{before:?}");
    assert!(matches!(full, Err(StoreError::Database(_))), "{full:?}");
    // There is room again.
    kept.store.keep_reserve().await;
    kept.record("3").await.unwrap();
    assert_eq!(kept.recorded().await, 1);
}

#[tokio::test]
async fn on_a_full_disk_a_session_ends_though_the_transaction_that_it_shared_fails() {
    let kept = Kept::new().await;
    let reserve = kept.folder.join("carnet.db-reserve");
    kept.store.keep_reserve().await;
    assert!(reserve.exists());
    kept.begin(&session("a".to_owned()), None).await.unwrap().unwrap();
    let WriteDatabase::Sqlite(writer) = &kept.store.write else { panic!("it is SQLite") };
    let mut line = writer.line.lock().await;
    let State::Resting(connection) = &mut line.state else { panic!("it rests") };
    sqlx::query("PRAGMA max_page_count = 1").execute(connection).await.unwrap();
    drop(line);
    let much = "x".repeat(100_000);
    let (ended, full) = tokio::join!(
        kept.store.end_session("a", EndReason::Logout, 1),
        kept.record_with("1", &much)
    );
    assert!(full.unwrap_err().is_full());
    assert_eq!(ended.unwrap().as_deref(), Some("ada"));
    assert!(!reserve.exists(), "it made room");
    let refused = kept.begin(&session("b".to_owned()), None).await;
    assert!(matches!(refused, Err(StoreError::Full)));
    assert!(matches!(kept.record("2").await, Err(StoreError::Full)));
    kept.store.keep_reserve().await;
    assert!(reserve.exists());
    kept.begin(&session("b".to_owned()), None).await.unwrap().unwrap();
}

/// Begins a session in the place of another and goes away after so many polls; whether it had
/// finished by then.
async fn begin_for(kept: &Kept, polls: u32, old: &str, new: &str) -> bool {
    let replacement = session(new.to_owned());
    let mut left = polls;
    let mut write = Some(Box::pin(kept.begin(&replacement, Some(old))));
    poll_fn(|context| match &mut write {
        Some(write) if left > 0 => {
            left -= 1;
            write.as_mut().poll(context).map(|begun| begun.unwrap().is_some())
        }
        _ => {
            write = None;
            Poll::Ready(false)
        }
    })
    .await
}

#[tokio::test]
async fn a_write_whose_caller_has_gone_happens_wholly_or_not_at_all() {
    let kept = Kept::new().await;
    for round in 0..5 {
        for polls in 0.. {
            let (old, new) = (format!("old {round} {polls}"), format!("new {round} {polls}"));
            kept.begin(&session(old.clone()), None).await.unwrap().unwrap();
            // A neighbour, so that there is somebody to be harmed.
            let (finished, recorded) =
                tokio::join!(begin_for(&kept, polls, &old, &new), kept.record(&new));
            recorded.unwrap();
            kept.record(&old).await.unwrap();
            let is_ended = kept.store.session_row(&old).await.unwrap().unwrap().ended_at.is_some();
            let is_begun = kept.store.session_row(&new).await.unwrap().is_some();
            assert_eq!(is_ended, is_begun, "after {polls} polls");
            if finished {
                assert!(is_begun);
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_closed_store_has_written_what_it_acknowledged_and_writes_no_more() {
    let kept = Kept::new().await;
    let (recorded, ()) = tokio::join!(kept.record("1"), kept.store.close());
    recorded.unwrap();
    assert!(matches!(kept.record("2").await, Err(StoreError::Database(sqlx::Error::PoolClosed))));
    assert_eq!(
        open(&kept.folder).await.events(EventFilter::default(), 1000).await.unwrap().len(),
        1
    );
}
