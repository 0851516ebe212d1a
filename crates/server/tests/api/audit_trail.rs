//! What is recorded: each kind of event, with who did it, from where, with what, and in which
//! request.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

use carnet_server::audit::{EventKind, Subject};
use carnet_server::store::EventRow;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::refresh::forget_generations;
use crate::support::{Answer, PASSWORD, Person, SECRET, TestApp};

const INTROSPECTION: &str =
    "tokens.introspection_secret=a secret of the tests, which is long enough";
const DEVICE: &str = "a device of the tests";
const NEW_SECRET: &str = "another master secret, which is long enough";

#[tokio::test]
async fn every_kind_of_event_is_recorded_with_all_that_it_must_carry_on_sqlite() {
    let app = TestApp::today_on_sqlite(&[INTROSPECTION]).await;
    every_kind_of_event_is_recorded_with_all_that_it_must_carry(app).await;
}

#[tokio::test]
async fn every_kind_of_event_is_recorded_with_all_that_it_must_carry_on_postgres() {
    let app = TestApp::today_on_postgres(&[INTROSPECTION]).await;
    every_kind_of_event_is_recorded_with_all_that_it_must_carry(app).await;
}

/// Each step says what it adds to the trail, so that nothing is recorded twice either.
async fn every_kind_of_event_is_recorded_with_all_that_it_must_carry(mut app: TestApp) {
    app.client = reqwest::Client::builder().user_agent(DEVICE).build().unwrap();
    let mut trail = Trail { app: &app, seen: BTreeMap::new(), kinds: BTreeSet::new() };
    let ada = app.registered("ada").await;
    let id = app.store().user_by_login("ada").await.unwrap().unwrap().id;
    trail.shows(&[("account_created", &id), ("login_succeeded", &id)]).await;
    sign_in_and_out(&mut trail, &id).await;
    change_the_account(&mut trail, &ada, &id).await;
    refresh_in_every_way(&mut trail, &id).await;
    be_refused(&mut trail, &ada, &id).await;
    run_commands(&mut trail, &id).await;
    let all: BTreeSet<&str> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(trail.kinds, all, "each kind of event is provoked here");
}

async fn sign_in_and_out(trail: &mut Trail<'_>, id: &str) {
    let app = trail.app;
    let login = json!({"login": "ada", "password": PASSWORD});
    let answer = app.post("/api/auth/login", &login).await.with_status(200);
    let [login] = trail.shows(&[("login_succeeded", id)]).await.try_into().unwrap();
    assert_eq!(login.request_id, answer.header("x-request-id"));
    assert_eq!(login.session_id.as_deref(), answer.body["session"]["id"].as_str());
    let other = Person::from_answer(app, "ada", &answer);
    app.post("/api/auth/logout", &json!({"refresh_token": other.refresh})).await.with_status(204);
    trail.shows(&[("logged_out", id)]).await;
    let (this, other) = (app.signed_in("ada").await, app.signed_in("ada").await);
    trail.shows(&[("login_succeeded", id), ("login_succeeded", id)]).await;
    let path = format!("/api/me/sessions/{}", other.session);
    this.send(Method::DELETE, &path, None).await.with_status(204);
    let [ended] = trail.shows(&[("session_ended", id)]).await.try_into().unwrap();
    assert_eq!(ended.session_id.as_deref(), Some(&*other.session));
    assert!(ended.detail.contains(&this.session), "{}", ended.detail);
}

async fn change_the_account(trail: &mut Trail<'_>, ada: &Person<'_>, id: &str) {
    ada.send(Method::PATCH, "/api/me", Some(&json!({"name": "Ada"}))).await.with_status(200);
    trail.shows(&[("name_changed", id)]).await;
    let wrong = json!({"current_password": "a wrong kettle", "new_password": "what a fine kettle"});
    ada.post("/api/me/password", &wrong).await.refused(422, "invalid_fields");
    let [wrong] = trail.shows(&[("password_refused", id)]).await.try_into().unwrap();
    assert_eq!(wrong.session_id.as_deref(), Some(&*ada.session));
    let change = json!({"current_password": PASSWORD, "new_password": "what a fine kettle"});
    ada.post("/api/me/password", &change).await.with_status(200);
    let back = json!({"current_password": "what a fine kettle", "new_password": PASSWORD});
    ada.post("/api/me/password", &back).await.with_status(200);
    let changes = trail.shows(&[("password_changed", id), ("password_changed", id)]).await;
    assert_eq!(changes[0].session_id.as_deref(), Some(&*ada.session));
}

async fn refresh_in_every_way(trail: &mut Trail<'_>, id: &str) {
    let app = trail.app;
    let attempt = |letter: char| json!({"attempt": letter.to_string().repeat(22)});
    let mut ada = app.signed_in("ada").await;
    trail.shows(&[("login_succeeded", id)]).await;
    let first = ada.refresh.clone();
    let answer = ada.present(&first, attempt('a')).await.with_status(200);
    let second = answer.body["refresh_token"].as_str().unwrap().to_owned();
    trail.shows(&[]).await;
    ada.present(&first, attempt('x')).await.with_status(200);
    trail.shows(&[("refresh_raced", id)]).await;
    app.clock.advance(11);
    ada.present(&first, attempt('a')).await.with_status(200);
    trail.shows(&[("refresh_repeated", id)]).await;
    ada.present(&second, attempt('a')).await.refused(409, "superseded");
    trail.shows(&[("refresh_late", id)]).await;
    let answer = ada.present(&second, attempt('b')).await.with_status(200);
    ada.refresh = answer.body["refresh_token"].as_str().unwrap().to_owned();
    forget_generations(app, 1).await;
    ada.refreshed().await;
    trail.shows(&[("refresh_behind", id)]).await;
    forget_generations(app, 2).await;
    ada.present(&ada.refresh, json!({})).await.refused(401, "invalid_refresh_token");
    trail.shows(&[("refresh_lost", id)]).await;

    let mut ada = app.signed_in("ada").await;
    for (owner, other) in [('c', 'w'), ('d', 'y'), ('e', 'z')] {
        let answer = ada.present(&ada.refresh, attempt(owner)).await.with_status(200);
        ada.present(&ada.refresh, attempt(other)).await;
        ada.refresh = answer.body["refresh_token"].as_str().unwrap().to_owned();
    }
    let ended = ("refresh_forked", "anonymous");
    let raced = ("refresh_raced", id);
    trail.shows(&[("login_succeeded", id), raced, raced, ended]).await;
    let mut ada = app.signed_in("ada").await;
    let stolen = ada.refresh.clone();
    ada.refreshed().await;
    app.clock.advance(11);
    ada.present(&stolen, json!({})).await.refused(401, "session_reused");
    trail.shows(&[("login_succeeded", id), ("refresh_reused", "anonymous")]).await;
}

async fn be_refused(trail: &mut Trail<'_>, ada: &Person<'_>, id: &str) {
    let app = trail.app;
    for login in ["ada", "nobody"] {
        let wrong = json!({"login": login, "password": "a wrong kettle"});
        app.post("/api/auth/login", &wrong).await.refused(401, "invalid_credentials");
        let [failed] = trail.shows(&[("login_failed", "anonymous")]).await.try_into().unwrap();
        assert_eq!(failed.user_id.as_deref(), (login == "ada").then_some(id));
    }
    let taken = json!({"email": "ada@example.org", "username": "other", "password": PASSWORD});
    app.post("/api/auth/register", &taken).await.refused(409, "taken");
    let refused = trail.shows(&[("registration_refused", "anonymous")]).await;
    assert_eq!(refused[0].user_id.as_deref(), Some(id));
    let body = json!({"token": ada.access});
    let guess = app.request(Method::POST, "/api/auth/introspect").json(&body);
    let guess = guess.basic_auth("shop", Some("a guess")).send().await.unwrap();
    assert_eq!(Answer::read(guess).await.status, 401);
    trail.shows(&[("introspection_refused", "anonymous")]).await;

    let mut limited = app.sibling_with(&["limits.enabled=true"]).await;
    limited.client = app.client.clone();
    let wrong = json!({"login": "ada", "password": "a wrong kettle"});
    let mut throttled = 0;
    while throttled < 3 {
        let answer = limited.post("/api/auth/login", &wrong).await;
        throttled += u32::from(answer.status == 429);
    }
    limited.app().record_refusals().await;
    let rows = trail.adds().await;
    let of = |kind: &str| rows.iter().filter(|row| row.kind == kind).collect::<Vec<_>>();
    assert_eq!((of("throttled").len(), of("throttled")[0].count), (1, 3));
    assert_eq!((of("login_failed").len(), of("login_failed")[0].count), (1, 5));
}

async fn run_commands(trail: &mut Trail<'_>, id: &str) {
    let app = trail.app;
    let grace = run(app, &["user", "add", "grace", "grace@example.org", "--password-stdin"]);
    assert!(grace.contains("grace"), "{grace}");
    trail.shows(&[("account_created", "os")]).await;
    let session = app.signed_in("grace").await.session;
    let grace_id = app.store().user_by_login("grace").await.unwrap().unwrap().id;
    trail.adds().await;
    for (arguments, kinds) in [
        (
            &["user", "set", "ada", "--name", "Ada", "--attribute", "plan=gold"][..],
            &["account_changed"][..],
        ),
        (&["user", "role", "ada", "--add", "editor"], &["roles_changed"]),
        (&["user", "set", "ada", "--password-stdin"], &["password_changed"]),
        (&["session", "end", "grace", &session], &["session_ended"]),
        (&["user", "disable", "grace"], &["account_disabled"]),
        (&["user", "enable", "grace"], &["account_enabled"]),
        (&["user", "delete", "grace", "--yes"], &["account_deleted"]),
        (&["key", "rotate"], &["key_added"]),
        (&["session", "end", "--everyone", "--yes"], &["everyone_signed_out"]),
    ] {
        run(app, arguments);
        let expected: Vec<(&str, &str)> = kinds.iter().map(|&kind| (kind, "os")).collect();
        trail.shows(&expected).await;
    }
    for row in app.events().await.iter().filter(|row| row.user_id.as_deref() == Some(&*grace_id)) {
        let is_erased = (row.address.as_deref(), row.device.as_str()) == (None, "");
        assert_eq!(is_erased, row.kind != "account_deleted", "{row:?}");
    }
    let keys = run(app, &["key", "list"]);
    let in_use = keys.lines().find(|line| line.contains("access") && line.ends_with("in use"));
    let key = in_use.unwrap().split(' ').next().unwrap().to_owned();
    run(app, &["key", "revoke", &key]);
    trail.shows(&[("key_revoked", "os"), ("key_added", "os")]).await;
    run_with(app, &["secret", "rotate"], |command| {
        command.env("CARNET_SECRET", NEW_SECRET).env("CARNET_PREVIOUS_SECRET", SECRET)
    });
    trail.shows(&[("secret_rotated", "os")]).await;
    let renamed = trail.app.events().await;
    let renamed = renamed.iter().find(|row| row.kind == "account_changed").unwrap();
    assert_eq!(renamed.user_id.as_deref(), Some(id));
    assert_eq!(renamed.detail, "name plan");
}

/// The trail as far as it was looked at.
struct Trail<'a> {
    app: &'a TestApp,
    /// How many events each row stood for, by its id.
    seen: BTreeMap<String, i64>,
    kinds: BTreeSet<&'static str>,
}

impl Trail<'_> {
    /// The rows that came or grew since the last look, the oldest first. Each must carry what
    /// its kind demands.
    async fn adds(&mut self) -> Vec<EventRow> {
        let mut rows = self.app.events().await;
        rows.reverse();
        for row in &mut rows {
            row.count -= self.seen.insert(row.id.clone(), row.count).unwrap_or_default();
        }
        rows.retain(|row| row.count > 0);
        for row in &rows {
            let kind = EventKind::ALL.iter().find(|kind| kind.as_str() == row.kind).unwrap();
            self.kinds.insert(kind.as_str());
            is_whole(row, *kind);
        }
        rows
    }

    /// The same, which must be these, each by this actor; `os` is any operator.
    async fn shows(&mut self, expected: &[(&str, &str)]) -> Vec<EventRow> {
        let rows = self.adds().await;
        let actor = |row: &EventRow| match row.actor.split_once(':') {
            Some((os, _)) => os.to_owned(),
            None => row.actor.clone(),
        };
        let mut found = Vec::new();
        for row in &rows {
            let count = usize::try_from(row.count).unwrap();
            found.extend(std::iter::repeat_n((row.kind.clone(), actor(row)), count));
        }
        let expected = expected.iter().map(|(kind, by)| ((*kind).to_owned(), (*by).to_owned()));
        let mut expected: Vec<(String, String)> = expected.collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{rows:#?}");
        rows
    }
}

fn is_whole(row: &EventRow, kind: EventKind) {
    let is_by_operator = row.actor.starts_with("os:");
    assert!(row.actor.len() > 3, "{row:?}");
    assert!(Uuid::try_parse(&row.request_id).is_ok_and(|id| !id.is_nil()), "{row:?}");
    let (address, device) = (row.address.as_deref().unwrap(), row.device.as_str());
    if is_by_operator {
        assert_eq!(address, "local");
        assert!(device.starts_with("carnet "), "{row:?}");
    } else {
        assert_eq!((address, device), ("127.0.0.1", DEVICE), "{row:?}");
    }
    match kind.subject() {
        Subject::Session => {
            assert!(row.user_id.is_some() && row.session_id.is_some(), "{row:?}");
        }
        Subject::Account => assert!(row.user_id.is_some(), "{row:?}"),
        Subject::Anybody | Subject::Deployment => {}
    }
}

/// Runs a command of the operator on the app's database.
#[track_caller]
fn run(app: &TestApp, arguments: &[&str]) -> String {
    run_with(app, arguments, |command| command.env("CARNET_SECRET", SECRET))
}

#[track_caller]
fn run_with(
    app: &TestApp,
    arguments: &[&str],
    change: impl FnOnce(&mut Command) -> &mut Command,
) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carnet"));
    command
        .args(arguments)
        .env_clear()
        .current_dir(std::env::temp_dir())
        .env("CARNET_DATABASE__URL", app.database())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = change(&mut command).spawn().unwrap();
    // Most commands do not read it.
    let _ = writeln!(child.stdin.take().unwrap(), "{PASSWORD}");
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}
