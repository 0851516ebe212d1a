//! The engine alone, for what no simulated browser brings about on demand.

use carnet_client::engine::{Context, Effect, Engine, Event, Moment, Timer};
use carnet_client::{AuthError, AuthState, Message, Record, Save, SignOutReason, Stored, Tokens};
use carnet_shared::{Delivery, ErrorCode, Problem, Secret, TokenResponse, TokenSession, User};

const EARLIER: &str = "session-0";
const LATER: &str = "session-1";

fn user(name: &str) -> User {
    User {
        id: format!("id of {name}"),
        email: format!("{name}@example.org"),
        username: name.to_owned(),
        name: String::new(),
        roles: Vec::new(),
        created_at: 0,
        attributes: serde_json::Map::new(),
    }
}

fn seed(session: &str) -> AuthState {
    AuthState::SignedIn { user: user("ada"), session_id: session.to_owned() }
}

fn tokens(session: &str, token: &str, received_at: i64) -> Tokens {
    Tokens {
        session: session.to_owned(),
        access_token: Secret::new(token),
        lifetime_ms: 300_000,
        received_at,
        refresh_token: None,
        user: user("ada"),
    }
}

fn answer(session: &str) -> TokenResponse {
    TokenResponse {
        access_token: Secret::new("answered"),
        token_type: "Bearer".to_owned(),
        expires_in: 300,
        refresh_token: None,
        refresh_expires_in: 0,
        server_time: 0,
        session: TokenSession { id: session.to_owned(), created_at: 0, expires_at: 0 },
        user: user("ada"),
    }
}

/// An engine with the storage that its effects write to.
struct Bench {
    engine: Engine,
    context: Context,
}

impl Bench {
    fn new(delivery: Delivery, session: &str) -> Self {
        let record = Record { session: Some(session.to_owned()), ..Record::default() };
        let stored = Stored { record, ..Stored::default() };
        let now = Moment { wall_ms: 1_000_000, mono_ms: 0 };
        let context = Context { now, stored, random: [7; 16] };
        let mut bench = Self { engine: Engine::new(delivery, false), context };
        bench.on(Event::Started { seed: seed(session), hidden: false });
        bench
    }

    fn on(&mut self, event: Event) -> Vec<Effect> {
        self.context.random[0] = self.context.random[0].wrapping_add(1);
        let mut effects = self.engine.handle(event, &self.context);
        for effect in &effects {
            match effect {
                Effect::Save(Save::Epoch(epoch)) => self.context.stored.epoch = *epoch,
                Effect::Save(Save::Record(record)) => self.context.stored.record = record.clone(),
                Effect::Save(Save::Tokens(tokens)) => {
                    self.context.stored.tokens = tokens.as_deref().cloned();
                }
                _ => {}
            }
        }
        if effects.iter().any(|effect| matches!(effect, Effect::Reread)) {
            effects.extend(self.on(Event::Reread));
        }
        effects
    }

    /// Lets a caller wait until the refresh is on its way, and says which it is.
    fn fetch(&mut self) -> u64 {
        self.on(Event::TokenWanted { caller: 1, refused: None });
        sent(&self.on(Event::Locked)).unwrap()
    }

    fn have(&mut self, epoch: u64, tokens: Tokens) -> Vec<Effect> {
        self.on(Event::Heard(Message::Have { epoch, tokens: Box::new(tokens) }))
    }
}

fn sent(effects: &[Effect]) -> Option<u64> {
    effects.iter().find_map(|effect| match effect {
        Effect::Refresh { number, .. } => Some(*number),
        _ => None,
    })
}

#[test]
fn a_token_of_before_the_sign_out_is_not_taken_after_it() {
    let mut bench = Bench::new(Delivery::Cookie, EARLIER);
    bench.on(Event::SignedOut);
    bench.have(0, tokens(EARLIER, "old", 1_000_000));
    assert_eq!(*bench.engine.state(), AuthState::Anonymous(Some(SignOutReason::Here)));
    bench.have(1, tokens(LATER, "new", 1_000_000));
    assert_eq!(bench.engine.state().session_id(), Some(LATER));
}

#[test]
fn a_token_of_an_earlier_session_does_not_replace_a_later_one() {
    let mut bench = Bench::new(Delivery::Cookie, LATER);
    bench.have(0, tokens(EARLIER, "old", 2_000_000));
    assert_eq!(bench.engine.state().session_id(), Some(LATER));
}

#[test]
fn signing_out_by_hand_is_for_tabs_of_another_session_too_but_a_verdict_is_not() {
    for (reason, is_out) in [(SignOutReason::Here, true), (SignOutReason::Expired, false)] {
        let mut bench = Bench::new(Delivery::Cookie, LATER);
        let (session, reason) = (Some(EARLIER.to_owned()), Some(reason));
        bench.on(Event::Heard(Message::SignedOut { epoch: 1, session, reason }));
        assert_eq!(bench.engine.state().user().is_none(), is_out);
    }
}

#[test]
fn the_answer_to_a_request_that_was_given_up_is_not_taken_for_the_next_one() {
    let mut bench = Bench::new(Delivery::Cookie, EARLIER);
    let first = bench.fetch();
    bench.on(Event::Elapsed(Timer::Abort));
    bench.context.now.mono_ms += 60_000;
    let second = bench.fetch();
    assert_ne!(first, second);
    let late = Err(AuthError::Problem(Problem::new(ErrorCode::SessionReused)));
    assert!(bench.on(Event::Refreshed { number: first, answer: late }).is_empty());
    assert!(bench.engine.state().user().is_some());
}

#[test]
fn an_answer_does_not_overwrite_what_a_faster_tab_has_saved() {
    let mut bench = Bench::new(Delivery::Cookie, EARLIER);
    let number = bench.fetch();
    let mut saved = bench.context.stored.record.clone();
    saved.previous = saved.attempt.take();
    bench.context.stored.record = saved.clone();
    bench.on(Event::Refreshed { number, answer: Ok(answer(EARLIER)) });
    assert_eq!(bench.context.stored.record, saved);
    assert!(bench.engine.tokens().is_some(), "the token itself is good");
}

#[test]
fn an_answer_for_an_earlier_session_does_not_overwrite_a_later_one() {
    let mut bench = Bench::new(Delivery::Cookie, EARLIER);
    let number = bench.fetch();
    let saved = Record { session: Some(LATER.to_owned()), ..Record::default() };
    bench.context.stored.record = saved.clone();
    let effects = bench.on(Event::Refreshed { number, answer: Ok(answer(EARLIER)) });
    assert_eq!(bench.context.stored.record.session, saved.session);
    assert!(sent(&effects).is_some(), "it asks who is there now");
}

#[test]
fn a_refusal_of_a_refresh_token_that_is_no_longer_the_stored_one_signs_nobody_out() {
    let mut bench = Bench::new(Delivery::Body, EARLIER);
    let mut held = tokens(EARLIER, "one", 1_000_000);
    held.lifetime_ms = 0;
    held.refresh_token = Some(Secret::new("first"));
    bench.context.stored.tokens = Some(held.clone());
    let number = bench.fetch();
    held.refresh_token = Some(Secret::new("second"));
    bench.context.stored.tokens = Some(held);
    let refusal = Err(AuthError::Problem(Problem::new(ErrorCode::SessionExpired)));
    let effects = bench.on(Event::Refreshed { number, answer: refusal });
    assert!(sent(&effects).is_some());
    assert!(bench.engine.state().user().is_some());
}

#[test]
fn a_refresh_on_its_way_is_not_aborted_for_a_token_of_another_tab() {
    let mut bench = Bench::new(Delivery::Cookie, EARLIER);
    bench.fetch();
    let effects = bench.have(0, tokens(EARLIER, "other", 1_000_000));
    let settles = |effect: &Effect| matches!(effect, Effect::Settle(1, Ok(_)));
    assert!(effects.iter().any(settles), "whoever waits goes on");
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Abort)));
}

#[test]
fn a_change_of_somebody_who_has_left_is_not_shown_as_who_is_here_now() {
    let mut bench = Bench::new(Delivery::Cookie, EARLIER);
    bench.on(Event::Changed(user("grace")));
    assert_eq!(bench.engine.state().user().unwrap().username, "ada");
}

/// A browser brings what one tab stored to the next in its own time: the message may come first.
#[test]
fn a_tab_that_heard_of_the_sign_out_before_the_storage_did_asks_nobody() {
    let mut bench = Bench::new(Delivery::Cookie, EARLIER);
    let said = Message::SignedOut {
        epoch: 1,
        session: Some(EARLIER.to_owned()),
        reason: Some(SignOutReason::Here),
    };
    bench.on(Event::Heard(said));
    let woken = bench.on(Event::Woken { hidden: false, online: false });
    assert!(woken.iter().any(|effect| matches!(effect, Effect::TakeLock)));
    bench.context.stored = Stored { epoch: 1, ..Stored::default() };
    let locked = bench.on(Event::Locked);
    assert_eq!(sent(&locked), None);
    assert!(locked.iter().any(|effect| matches!(effect, Effect::ReleaseLock)));
    assert_eq!(bench.context.stored.record, Record::default());
    let state = AuthState::Anonymous(Some(SignOutReason::Elsewhere));
    assert_eq!(*bench.engine.state(), state);
}
