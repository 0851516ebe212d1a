//! What a connection may do, and how many there may be, over real sockets with short times.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use carnet_server::{ConnectionLimits, Serving, router, serve_within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{sleep, timeout};

use crate::support::TestApp;

/// How long is waited for what must happen, on a machine however busy.
const LONG: Duration = Duration::from_secs(60);

/// So long that it does not happen while a test runs.
const NEVER: Duration = Duration::from_secs(3_600);

/// A server whose connections have limits of their own, and an app around it.
struct Served {
    app: TestApp,
    address: SocketAddr,
    /// `/wait` answers once it gets a permit.
    permits: Arc<Semaphore>,
    /// `/wait` has begun so many times.
    waiting: Arc<Semaphore>,
    serving: Serving,
    stop: Option<oneshot::Sender<()>>,
}

async fn served(change: impl FnOnce(&mut ConnectionLimits)) -> Served {
    let app = TestApp::on_sqlite(&[]).await;
    let mut limits = ConnectionLimits::new(&app.app().settings.server);
    (limits.head, limits.idle, limits.stall, limits.request) = (NEVER, NEVER, NEVER, NEVER);
    limits.exempt = Vec::new();
    change(&mut limits);
    let (permits, waiting) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (given, begun) = (Arc::clone(&permits), Arc::clone(&waiting));
    let wait = async move || {
        begun.add_permits(1);
        given.acquire().await.unwrap().forget();
        "done"
    };
    let routes = Router::new()
        .route("/wait", get(wait))
        .route("/take", post(async |body: String| body))
        .route("/large", get(async || Body::from(vec![b'x'; 64 << 20])))
        .route("/upgrade", get(upgrade))
        .merge(router(app.app()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async {
        // Dropped with the test, which stops it too.
        let _ = stopped.await;
    };
    let serving = serve_within(limits, app.app(), routes, listener, stopped).unwrap();
    Served { address: serving.address, app, permits, waiting, serving, stop: Some(stop) }
}

/// Echoes what comes after the head.
async fn upgrade(mut request: axum::extract::Request) -> axum::http::Response<Body> {
    let upgrading = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let mut io = hyper_util::rt::TokioIo::new(upgrading.await.unwrap());
        let mut bytes = [0; 4];
        while io.read_exact(&mut bytes).await.is_ok() {
            io.write_all(&bytes).await.unwrap();
        }
    });
    let answer = axum::http::Response::builder().status(101).header("connection", "upgrade");
    answer.header("upgrade", "echo").body(Body::empty()).unwrap()
}

impl Served {
    async fn connect(&self) -> TcpStream {
        self.connect_from("127.0.0.1").await
    }

    /// A connection from another address of this machine.
    async fn connect_from(&self, address: &str) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(format!("{address}:0").parse().unwrap()).unwrap();
        socket.connect(self.address).await.unwrap()
    }

    fn head(&self, line: &str, more: &str) -> String {
        let host = self.app.url.strip_prefix("http://").unwrap();
        format!("{line} HTTP/1.1\r\nhost: {host}\r\n{more}\r\n")
    }

    async fn send(&self, stream: &mut TcpStream, path: &str) {
        stream.write_all(self.head(&format!("GET {path}"), "").as_bytes()).await.unwrap();
    }

    /// A connection from this address whose request is being worked on.
    async fn at_work(&self, from: &str) -> TcpStream {
        let mut stream = self.connect_from(from).await;
        self.send(&mut stream, "/wait").await;
        timeout(LONG, self.waiting.acquire()).await.unwrap().unwrap().forget();
        stream
    }

    /// What a new connection from this address gets.
    async fn ask(&self, from: &str, path: &str) -> String {
        let mut stream = self.connect_from(from).await;
        self.send(&mut stream, path).await;
        answer(&mut stream).await
    }

    fn closed(&self, because: &str) -> bool {
        self.app.app().connections_closed().contains_key(because)
    }
}

/// One answer with a body of known length.
async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lengths = head.lines().filter_map(|line| line.strip_prefix("content-length: "));
            let length: usize = lengths.next().map_or(0, |length| length.parse().unwrap());
            if body.len() >= length {
                return text;
            }
        }
        let read = timeout(LONG, stream.read_buf(&mut bytes)).await.expect("an answer");
        assert!(read.unwrap() > 0, "closed after {text:?}");
    }
}

/// What comes until the server closes, which it must.
async fn until_closed(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = timeout(LONG, stream.read_to_end(&mut bytes)).await;
    // A reset is a close, too.
    let _ = read.expect("the server closes the connection");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let server = served(|limits| limits.head = Duration::from_millis(100)).await;
    assert_eq!(until_closed(&mut server.connect().await).await, "");
    assert!(server.closed("idle"));
}

#[tokio::test]
async fn half_a_head_is_refused_and_closed_however_it_trickles() {
    let server = served(|limits| limits.head = Duration::from_millis(100)).await;
    let mut half = server.connect().await;
    half.write_all(b"GET /healthz HTTP/1.1\r\nhost:").await.unwrap();
    let said = until_closed(&mut half).await;
    assert!(said.starts_with("HTTP/1.1 408 ") && said.contains("\"request_timeout\""), "{said}");
    let (mut reading, mut writing) = server.connect().await.into_split();
    let trickle = async {
        while writing.write_all(b"x").await.is_ok() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(LONG, trickle).await.expect("the server closes the connection");
    let mut said = Vec::new();
    let _ = reading.read_to_end(&mut said).await;
    assert!(server.closed("request_too_slow"));
}

#[tokio::test]
async fn a_body_that_trickles_is_refused_and_one_that_only_pauses_is_not() {
    let server = served(|limits| {
        (limits.stall, limits.min_rate) = (Duration::from_secs(2), 1_000_000);
    })
    .await;
    let head = server.head("POST /take", "content-length: 1000\r\n");
    let mut fast = server.connect().await;
    fast.write_all(head.as_bytes()).await.unwrap();
    fast.write_all(&[b'x'; 500]).await.unwrap();
    sleep(Duration::from_millis(20)).await;
    fast.write_all(&[b'x'; 500]).await.unwrap();
    assert!(answer(&mut fast).await.starts_with("HTTP/1.1 200 "));
    let mut slow = server.connect().await;
    slow.write_all(head.as_bytes()).await.unwrap();
    let said = until_closed(&mut slow).await;
    assert!(said.starts_with("HTTP/1.1 408 "), "{said}");
    assert!(server.closed("request_too_slow"));
}

#[tokio::test]
async fn a_connection_rests_between_two_requests_for_its_time_and_no_longer() {
    let server = served(|limits| limits.idle = Duration::from_secs(1)).await;
    let mut stream = server.connect().await;
    for _ in 0..3 {
        server.send(&mut stream, "/healthz").await;
        assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200 "));
    }
    assert_eq!(until_closed(&mut stream).await, "");
    assert!(server.closed("idle"));
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_given_up() {
    let server = served(|limits| limits.request = Duration::from_millis(100)).await;
    let mut stream = server.at_work("127.0.0.1").await;
    let said = until_closed(&mut stream).await;
    assert!(said.starts_with("HTTP/1.1 503 ") && said.contains("retry-after: 1"), "{said}");
    assert!(server.closed("answer_too_slow"));
}

#[tokio::test]
async fn an_answer_that_nobody_takes_is_given_up() {
    let server = served(|limits| {
        (limits.stall, limits.min_rate) = (Duration::from_millis(200), 1_000_000_000);
    })
    .await;
    let mut stream = server.connect().await;
    server.send(&mut stream, "/large").await;
    let given_up = async {
        while !server.closed("answer_not_taken") {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(LONG, given_up).await.expect("the server gives up");
    assert!(until_closed(&mut stream).await.len() < 64 << 20);
}

#[tokio::test]
async fn a_head_larger_than_any_browser_sends_is_refused() {
    let server = served(|_| {}).await;
    let mut stream = server.connect().await;
    let head = server.head("GET /healthz", &format!("x: {}\r\n", "y".repeat(100_000)));
    // The server may close before all of it was written.
    let _ = stream.write_all(head.as_bytes()).await;
    let said = until_closed(&mut stream).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 431 "), "{said}");
    let usual = server.head("GET /healthz", &format!("cookie: {}\r\n", "y".repeat(16_000)));
    let mut stream = server.connect().await;
    stream.write_all(usual.as_bytes()).await.unwrap();
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn one_network_cannot_take_the_place_of_another() {
    let server = served(|limits| limits.max_per_network = 2).await;
    let mut work = [server.at_work("127.0.0.2").await, server.at_work("127.0.0.2").await];
    let refused = server.ask("127.0.0.2", "/healthz").await;
    assert!(
        refused.starts_with("HTTP/1.1 503 ") && refused.contains("\"unavailable\""),
        "{refused}"
    );
    assert!(server.ask("127.0.0.3", "/healthz").await.starts_with("HTTP/1.1 200 "));
    assert!(server.closed("too_many"));
    server.permits.add_permits(2);
    for stream in &mut work {
        assert!(answer(stream).await.ends_with("done"));
    }
    // What rests makes room.
    assert!(server.ask("127.0.0.2", "/healthz").await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn a_crowd_that_says_nothing_keeps_nobody_out() {
    let server = served(|limits| limits.max_connections = 8).await;
    let mut crowd = Vec::new();
    for at in 0..40 {
        crowd.push(server.connect_from(&format!("127.0.1.{at}")).await);
        assert!(server.ask("127.0.0.1", "/healthz").await.starts_with("HTTP/1.1 200 "), "{at}");
    }
    assert_eq!(until_closed(&mut crowd[0]).await, "");
}

#[tokio::test]
async fn health_checks_are_answered_while_every_place_is_at_work() {
    let server = served(|limits| limits.max_connections = 2).await;
    let mut work = [server.at_work("127.0.0.2").await, server.at_work("127.0.0.3").await];
    let health = server.ask("127.0.0.4", "/healthz").await;
    assert!(
        health.starts_with("HTTP/1.1 200 ") && health.contains("connection: close"),
        "{health}"
    );
    let other = server.ask("127.0.0.4", "/api/auth/session").await;
    assert!(other.starts_with("HTTP/1.1 503 ") && other.contains("connection: close"), "{other}");
    server.permits.add_permits(2);
    for stream in &mut work {
        assert!(answer(stream).await.ends_with("done"));
    }
}

#[tokio::test]
async fn a_server_that_stops_closes_what_rests_and_finishes_what_it_is_at() {
    let mut server = served(|_| {}).await;
    let (mut silent, mut rests) = (server.connect().await, server.connect().await);
    server.send(&mut rests, "/healthz").await;
    answer(&mut rests).await;
    let mut busy = server.at_work("127.0.0.1").await;
    server.stop.take().unwrap().send(()).unwrap();
    assert_eq!(until_closed(&mut silent).await, "");
    assert_eq!(until_closed(&mut rests).await, "");
    assert!(!server.serving.task.is_finished());
    server.permits.add_permits(1);
    let said = until_closed(&mut busy).await;
    assert!(said.ends_with("done") && said.contains("connection: close"), "{said}");
    timeout(LONG, &mut server.serving.task).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn what_does_not_finish_is_cut_off_when_its_time_is_over() {
    let mut server = served(|limits| limits.drain = Duration::from_millis(100)).await;
    let mut busy = server.at_work("127.0.0.1").await;
    server.stop.take().unwrap().send(()).unwrap();
    timeout(LONG, &mut server.serving.task).await.unwrap().unwrap().unwrap();
    assert_eq!(until_closed(&mut busy).await, "");
}

#[tokio::test]
async fn an_app_may_go_on_in_another_protocol() {
    let server = served(|limits| {
        (limits.idle, limits.request) = (Duration::from_millis(50), Duration::from_millis(50));
    })
    .await;
    let mut stream = server.connect().await;
    let head = server.head("GET /upgrade", "connection: upgrade\r\nupgrade: echo\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 101 "));
    // Longer than any request may take.
    sleep(Duration::from_millis(200)).await;
    stream.write_all(b"ping").await.unwrap();
    let mut echo = [0; 4];
    timeout(LONG, stream.read_exact(&mut echo)).await.unwrap().unwrap();
    assert_eq!(&echo, b"ping");
}
