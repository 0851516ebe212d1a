//! The clients before a server that gives one successor for each token, as rotation does.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use carnet_load::drive::{Crowd, Plan, Refreshing, SigningIn};
use carnet_load::{Api, Session};
use carnet_shared::paths;
use serde_json::{Value, json};

const PLAN: Plan = Plan { clients: 8, measured: Duration::from_secs(1) };

/// The generation of each session that was begun. A token is a session and a generation.
type Sessions = Arc<Mutex<Vec<u64>>>;

/// Serves on a free port until the test process ends.
fn serve() -> (SocketAddr, Sessions) {
    let sessions = Sessions::default();
    let routes = Router::new()
        .route(paths::LOGIN, post(login))
        .route(paths::REFRESH, post(refresh))
        .with_state(Arc::clone(&sessions));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it listens");
    listener.set_nonblocking(true).expect("it can");
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("there are threads");
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).expect("it listens");
            axum::serve(listener, routes).await.expect("it serves");
        });
    });
    (address, sessions)
}

fn pair(session: usize, generation: u64) -> Json<Value> {
    let token = format!("{session}.{generation}");
    Json(json!({ "access_token": "access", "refresh_token": token }))
}

async fn login(State(sessions): State<Sessions>) -> Json<Value> {
    let mut sessions = sessions.lock().expect("nobody panics");
    sessions.push(0);
    pair(sessions.len() - 1, 0)
}

async fn refresh(
    State(sessions): State<Sessions>,
    Json(request): Json<Value>,
) -> Result<Json<Value>, StatusCode> {
    let token = request["refresh_token"].as_str().expect("it is text");
    let (session, generation) = token.split_once('.').expect("it has two parts");
    let session: usize = session.parse().expect("it is a number");
    let mut sessions = sessions.lock().expect("nobody panics");
    if sessions[session].to_string() != generation {
        return Err(StatusCode::UNAUTHORIZED);
    }
    sessions[session] += 1;
    Ok(pair(session, sessions[session]))
}

#[test]
fn each_client_presents_the_token_that_it_got_last() {
    let (address, sessions) = serve();
    let make = |number| Refreshing::signed_in(Api::Carnet, address, number);
    let crowd = Crowd::drive(PLAN, make).unwrap();

    assert_eq!(crowd.figures.first_error, None);
    assert_eq!(crowd.figures.errors, 0);
    assert!(crowd.figures.count > PLAN.clients, "{}", crowd.figures.count);
    let sessions = sessions.lock().unwrap();
    assert_eq!(sessions.len(), PLAN.clients);
    // What warmed up is not measured, but asked it was.
    assert!(sessions.iter().sum::<u64>() >= crowd.figures.count as u64);
}

#[test]
fn a_later_run_goes_on_with_the_tokens_of_the_one_before() {
    let (address, _) = serve();
    let make = |number| Refreshing::signed_in(Api::Carnet, address, number);
    let first = Crowd::drive(PLAN, make).unwrap();
    let held: Vec<Session> =
        first.clients.into_iter().flat_map(Refreshing::into_sessions).collect();

    let make = |number: usize| {
        let own = held.iter().skip(number).step_by(4).cloned().collect();
        async move { Ok(Refreshing::with(Api::Carnet, address, own)) }
    };
    let second = Crowd::drive(Plan { clients: 4, ..PLAN }, make).unwrap();
    assert_eq!((second.figures.errors, second.figures.count > 4), (0, true));
}

#[test]
fn a_token_used_twice_is_an_error_that_is_counted() {
    let (address, _) = serve();
    let stale = Session { refresh_token: "0.7".to_owned(), ..Session::default() };
    // Without a session on the server there is nothing that the token could be of.
    let make = |number| async move { Ok(SigningIn::new(Api::Carnet, address, number)) };
    Crowd::drive(Plan { clients: 1, ..PLAN }, make).unwrap();

    let make = |_| {
        let stale = stale.clone();
        async move { Ok(Refreshing::with(Api::Carnet, address, vec![stale])) }
    };
    let crowd = Crowd::drive(Plan { clients: 1, ..PLAN }, make).unwrap();
    assert!(crowd.figures.errors > 0);
    assert!(crowd.figures.first_error.is_some_and(|error| error.starts_with("401")));
}
