//! Connections that break anywhere between the first byte of a request and the last of its answer.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::in_turn;
use crate::support::{Person, TestApp, on_one_and_two, times};

on_one_and_two![
    with_an_attempt_a_lost_answer_is_given_again_a_second_or_a_day_later,
    without_one_it_is_given_again_within_the_grace,
];

/// As long as an answer is, and a little more.
const ANSWER_LENGTH: usize = 2_000;

async fn with_an_attempt_a_lost_answer_is_given_again_a_second_or_a_day_later(
    servers: Vec<TestApp>,
) {
    let pauses = [1, 86_400];
    let attempt = |round| json!({"attempt": format!("{round:022}")});
    lose_answers(&servers, &pauses, attempt).await;
}

async fn without_one_it_is_given_again_within_the_grace(servers: Vec<TestApp>) {
    lose_answers(&servers, &[0, 1, 5, 10], |_| json!({})).await;
}

async fn lose_answers(servers: &[TestApp], pauses: &[i64], fields: impl Fn(usize) -> Value) {
    let app = &servers[0];
    let (rounds, mut rotated, mut whole_answers) = (times(40, 1_000), 0, 0);
    app.registered("ada").await;
    let mut ada = app.signed_in("ada").await;
    for round in 0..rounds {
        if round % 40 == 0 {
            // Before its ninety days are over.
            ada = app.signed_in("ada").await;
        }
        let fields = fields(round);
        let before = generation(&ada).await;
        let seen = lose(in_turn(servers, round), &ada.refresh, &fields, round * 7_919).await;
        rotated += generation(&ada).await - before;
        app.clock.advance(pauses[round % pauses.len()]);
        let again = in_turn(servers, round + 1).refresh(&ada.refresh, &fields).await;
        let again = again.with_status(200).body["refresh_token"].clone();
        let successor = again.as_str().unwrap();
        for server in servers {
            let once_more = server.refresh(&ada.refresh, &fields).await.with_status(200);
            assert_eq!(once_more.body["refresh_token"], successor);
        }
        if let Some(whole) = whole_token(&seen) {
            assert_eq!(whole, successor);
            whole_answers += 1;
        }
        assert_eq!(generation(&ada).await, before + 1);
        successor.clone_into(&mut ada.refresh);
    }
    let all = i64::try_from(rounds).unwrap();
    assert!((1..all).contains(&rotated), "{rotated} of {rounds} had rotated: all breaks are alike");
    assert!(whole_answers > 0, "no token that was seen was compared");
    eprintln!("{rounds} answers lost, {rotated} of them after the rotation: each given again");
}

/// Sends a refresh and breaks the connection after so many bytes, sent or received.
async fn lose(app: &TestApp, token: &str, fields: &Value, at: usize) -> Vec<u8> {
    let mut body = fields.clone();
    body["refresh_token"] = json!(token);
    let (host, body) = (app.url.strip_prefix("http://").unwrap(), body.to_string());
    let request = format!(
        "POST /api/auth/refresh HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let at = at % (request.len() + ANSWER_LENGTH);
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(&request.as_bytes()[..at.min(request.len())]).await.unwrap();
    let mut seen = vec![0; at.saturating_sub(request.len())];
    let mut length = 0;
    while length < seen.len() && !seen[..length].ends_with(b"}}") {
        match stream.read(&mut seen[length..]).await.unwrap() {
            0 => break,
            more => length += more,
        }
    }
    seen.truncate(length);
    seen
}

/// The refresh token of an answer, where all of it was seen.
fn whole_token(seen: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(seen).unwrap();
    let (_, after) = text.split_once("\"refresh_token\":\"")?;
    after.split_once('"').map(|(token, _)| token)
}

async fn generation(ada: &Person<'_>) -> i64 {
    ada.app.store().session_row(&ada.session).await.unwrap().unwrap().generation
}
