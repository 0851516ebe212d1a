//! Keys that change every second, under people who go on using what they have.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use carnet_server::keys::{KeyChange, KeyPurpose};
use carnet_verify::Algorithm;
use futures::future::join_all;
use futures::join;
use serde_json::json;
use tokio::sync::Semaphore;

use super::in_turn;
use crate::support::{Person, TestApp, on_one_and_two, times};

on_one_and_two![keys_that_change_every_second_sign_nobody_out];

const PEOPLE: usize = 6;

/// Refreshes between two changes.
const REFRESHES: u32 = 12;

/// What people have been answered.
struct Load {
    refreshes: Semaphore,
    answers: AtomicUsize,
    is_over: AtomicBool,
}

async fn keys_that_change_every_second_sign_nobody_out(servers: Vec<TestApp>) {
    let seconds = times(8, 300);
    let load = Load {
        refreshes: Semaphore::new(0),
        answers: AtomicUsize::new(0),
        is_over: AtomicBool::new(false),
    };
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(in_turn(&servers, number).registered(&format!("ada{number}")).await);
    }
    let people = people.into_iter().map(|person| use_tokens(&servers, person, &load));
    join!(join_all(people), async {
        for second in 0..seconds {
            let keys = &in_turn(&servers, second).app().keys;
            let purpose = KeyPurpose::ALL[usize::from(second % 4 == 0)];
            keys.rotate(purpose, Algorithm::ES256, KeyChange::Now).await.unwrap();
            servers[0].clock.advance(1);
            load.refreshes.acquire_many(REFRESHES).await.unwrap().forget();
        }
        load.is_over.store(true, Ordering::Relaxed);
    });
    let listed = servers[0].app().keys.list().await.unwrap();
    assert_eq!(listed.len(), 2 + seconds);
    let answers = load.answers.into_inner();
    eprintln!("{seconds} key changes, one a second, under {answers} requests: no 401");
}

/// Refreshes here, and shows the new access token and the one before there.
async fn use_tokens(servers: &[TestApp], mut ada: Person<'_>, load: &Load) {
    let mut round = 0;
    while !load.is_over.load(Ordering::Relaxed) {
        let answer = in_turn(servers, round).refresh(&ada.refresh, &json!({})).await;
        let next = Person::from_answer(ada.app, "ada", &answer.with_status(200));
        for server in servers {
            for access in [&next.access, &ada.access] {
                server.get_with("/api/me", access).await.with_status(200);
            }
        }
        ada = next;
        round += 1;
        load.answers.fetch_add(1 + 2 * servers.len(), Ordering::Relaxed);
        load.refreshes.add_permits(1);
    }
}
