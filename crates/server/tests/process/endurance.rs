//! What must hold however long it lasts: seconds in the checks, as long as is promised with
//! `cargo xtask endure`.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt;
use tokio::net::TcpSocket;
use tokio::task::JoinSet;

use crate::server::{Folder, Server};

/// Between two questions of the one who is watched.
const BETWEEN: Duration = Duration::from_millis(20);

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_that_says_nothing_for_long_slows_nobody_down() {
    let is_full = std::env::var_os("CARNET_FULL").is_some();
    let (crowd, lasts) =
        if is_full { (5_000, Duration::from_secs(300)) } else { (300, Duration::from_secs(3)) };
    // In a process of its own, since both ends of a connection need a descriptor.
    let folder = Folder::new();
    let server = Server::start(&folder, &["--set", "server.max_connections=6000"]);
    let address: SocketAddr = server.url.strip_prefix("http://").unwrap().parse().unwrap();
    raise_descriptor_limit();
    let mut silent = JoinSet::new();
    for number in 0..crowd {
        silent.spawn(say_nothing(address, number));
    }
    let client = reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
    #[expect(clippy::disallowed_methods, reason = "the time that passes is what is measured")]
    let now = Instant::now;
    let (end, mut took) = (now() + lasts, Vec::new());
    while now() < end {
        for path in ["/healthz", "/api/auth/session", "/.well-known/jwks.json"] {
            let asked = now();
            let answer = client.get(format!("{}{path}", server.url)).send().await.unwrap();
            assert!(matches!(answer.status().as_u16(), 200 | 401), "{}", answer.status());
            took.push(asked.elapsed());
        }
        tokio::time::sleep(BETWEEN).await;
    }
    silent.abort_all();
    took.sort_unstable();
    let p99 = took[took.len() * 99 / 100];
    eprintln!("{crowd} silent connections, {} requests of others: p99 {p99:?}", took.len());
    assert!(!is_full || p99 < Duration::from_millis(200), "p99 {p99:?}");
}

/// Opens a connection again and again, from an address of its own, and never says a word.
async fn say_nothing(server: SocketAddr, number: u16) {
    let from = Ipv4Addr::new(127, 1, (number >> 8) as u8, (number & 255) as u8);
    loop {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((from, 0).into()).unwrap();
        if let Ok(mut stream) = socket.connect(server).await {
            let _ = stream.read(&mut [0; 1]).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The other ends of the connections are ours.
fn raise_descriptor_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).unwrap();
}
