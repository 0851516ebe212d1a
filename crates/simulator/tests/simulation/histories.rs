//! Whatever happens in them: nobody is signed out by mistake, one successor lives, an old copy ends
//! its session, and nothing lives after an acknowledged end.

use std::rc::Rc;

use carnet_simulator::history::{Kind, play};
use carnet_simulator::server::{Deployment, Deployments};

use crate::asked;

/// Plays every fourth history from the first on: `share` of them, or as many as `CARNET_HISTORIES`
/// asks for; or the one of `CARNET_SEED`, and shows what happens in it.
fn play_all(kind: Kind, access_seconds: u32, first: u64, share: u64) {
    let deployments = Deployments::start(access_seconds);
    if let Some(seed) = asked("CARNET_SEED") {
        match play(&deployments.for_the_next(), kind, seed) {
            Ok(log) => eprintln!("{}", log.join("\n")),
            Err(failure) => panic!("{failure}"),
        }
        return;
    }
    for number in 0..asked("CARNET_HISTORIES").unwrap_or(share) {
        if let Err(failure) = play(&deployments.for_the_next(), kind, first + 4 * number) {
            panic!("{failure}");
        }
    }
}

#[test]
fn no_history_signs_anybody_out() {
    play_all(Kind::Whole, 300, 1, 1000);
}

#[test]
fn no_other_history_signs_anybody_out() {
    play_all(Kind::Whole, 300, 2, 1000);
}

#[test]
fn no_history_of_short_tokens_signs_anybody_out() {
    play_all(Kind::Whole, 60, 3, 1000);
}

#[test]
fn what_poor_browsers_lose_is_a_session_and_nothing_else() {
    play_all(Kind::Poor, 300, 4, 1000);
}

#[test]
fn a_history_does_not_depend_on_those_before_it() {
    let alone = play(&Rc::new(Deployment::start(300)), Kind::Whole, 7);
    let deployment = Rc::new(Deployment::start(300));
    let others: Vec<_> = (4..7).map(|seed| play(&deployment, Kind::Whole, seed)).collect();
    assert!(others.iter().all(Result::is_ok));
    let after_others = play(&deployment, Kind::Whole, 7);
    assert_eq!(alone.expect("it goes well"), after_others.expect("it goes well"));
}
