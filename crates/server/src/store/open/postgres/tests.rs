use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::settings::DatabaseUrl;

fn settings(tls: Option<DatabaseTls>) -> DatabaseSettings {
    let url = DatabaseUrl::Postgres(Secret::new("postgres://somewhere/carnet"));
    DatabaseSettings { url, max_connections: 1, tls, ca: None, wait: Duration::ZERO }
}

fn mode(url: &str, tls: Option<DatabaseTls>) -> PgSslMode {
    with_tls(PgConnectOptions::from_str(url).unwrap(), &settings(tls)).get_ssl_mode()
}

#[test]
fn another_machine_is_verified_unless_somebody_decides_otherwise() {
    for url in [
        "postgres://carnet@db.example.org/carnet",
        "postgres://carnet@10.0.0.7/carnet",
        "postgres://carnet@db/carnet?sslmode=prefer",
        "postgres://carnet@db/carnet?sslmode=allow",
        "postgres://carnet@db/carnet?sslmode=verify-full",
    ] {
        assert!(matches!(mode(url, None), PgSslMode::VerifyFull), "{url}");
        assert!(matches!(mode(url, Some(DatabaseTls::Off)), PgSslMode::Disable), "{url}");
        assert!(matches!(mode(url, Some(DatabaseTls::Require)), PgSslMode::Require), "{url}");
    }
    for url in [
        "postgres://carnet@localhost/carnet",
        "postgres://carnet@127.0.0.1:5433/carnet",
        "postgres://carnet@[::1]/carnet",
        "postgres://carnet@localhost/carnet?host=/run/postgresql",
    ] {
        assert!(matches!(mode(url, None), PgSslMode::Prefer), "{url}");
    }
    let decided = "postgres://carnet@db/carnet?sslmode=disable";
    assert!(matches!(mode(decided, None), PgSslMode::Disable));
}

/// Answers as a PostgreSQL whose sessions have these process ids, one after the other.
async fn speak(client: &TcpStream, pids: &[u32], asked: &mut usize) -> std::io::Result<()> {
    let mut buffer = [0; 4096];
    let mut is_greeted = false;
    loop {
        client.readable().await?;
        let read = match client.try_read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        };
        let said = String::from_utf8_lossy(&buffer[..read]).into_owned();
        let mut answer = Vec::new();
        if !is_greeted {
            is_greeted = true;
            answer.extend(message(b'R', &[0, 0, 0, 0]));
        } else if said.contains("server_encoding") {
            answer.extend(row(&[
                ("encoding", 25, "UTF8"),
                ("version", 23, "170000"),
                ("version_text", 25, "17.0"),
            ]));
        } else if said.contains("pg_backend_pid") {
            let pid = pids[*asked % pids.len()].to_string();
            *asked += 1;
            answer.extend(row(&[("pid", 23, &pid)]));
        } else {
            return Ok(());
        }
        answer.extend(message(b'Z', b"I"));
        client.writable().await?;
        client.try_write(&answer)?;
    }
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&[kind], &length[..], body].concat()
}

/// One row of texts, each column with the number of its type.
fn row(columns: &[(&str, u32, &str)]) -> Vec<u8> {
    let count = u16::try_from(columns.len()).unwrap().to_be_bytes();
    let (mut names, mut values) = (count.to_vec(), count.to_vec());
    for (name, kind, value) in columns {
        names.extend(name.as_bytes());
        names.extend([0; 7]);
        names.extend(kind.to_be_bytes());
        names.extend([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0]);
        values.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
        values.extend(value.as_bytes());
    }
    [message(b'T', &names), message(b'D', &values), message(b'C', b"SELECT 1\0")].concat()
}

async fn suitable(pids: &'static [u32]) -> Option<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let url = format!("postgres://carnet@{address}/carnet?sslmode=disable");
    let options = PgConnectOptions::from_str(&url).unwrap();
    let serving = async {
        let asked = tokio::sync::Mutex::new(0);
        let mut all = futures::stream::FuturesUnordered::new();
        let serve = async |client: TcpStream| {
            let mut counted = 0;
            let of_this = {
                let mut next = asked.lock().await;
                *next += 1;
                *next - 1
            };
            let pid = [pids[of_this % pids.len()]];
            let _ = speak(&client, &pid, &mut counted).await;
        };
        loop {
            tokio::select! {
                accepted = listener.accept() => all.push(serve(accepted.unwrap().0)),
                Some(()) = futures::StreamExt::next(&mut all), if !all.is_empty() => {}
            }
        }
    };
    let checking = async {
        let mut connection = options.connect().await.unwrap();
        is_suitable(&mut connection, &options).await.unwrap()
    };
    tokio::select! { unsuitable = checking => unsuitable, () = serving => None }
}

#[tokio::test]
async fn a_pooler_that_lends_one_session_to_two_connections_is_refused() {
    let said = suitable(&[7]).await.unwrap();
    assert!(said.contains("pool_mode = session"), "{said}");
    assert_eq!(suitable(&[7, 8]).await, None);
}
