//! A server whose disk is full: a small file system of its own, which goes with its process.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::server::{Folder, PASSWORD, Server};

/// Whatever is waited for comes within this, or not at all.
const PATIENCE: Duration = Duration::from_secs(60);

fn is_long() -> bool {
    std::env::var_os("CARNET_FULL").is_some()
}

/// The server sees a memory file system of so many megabytes where its data lie. Root may mount one;
/// anybody else may as root of a user namespace.
fn start_on_small_disk(folder: &Folder, megabytes: u32, settings: &[&str]) -> Server {
    let data = folder.0.join("data");
    fs::create_dir(&data).unwrap();
    Server::start_as(folder, settings, |command| {
        let mut wrapped = Command::new("unshare");
        wrapped.arg(if is_root() { "-m" } else { "-Urm" }).args(["sh", "-c"]);
        wrapped.arg(format!(
            "mount -t tmpfs -o size={megabytes}m,mode=700 tmpfs {} && exec \"$0\" \"$@\"",
            data.display()
        ));
        wrapped.arg(command.get_program()).args(command.get_args());
        wrapped
            .env_clear()
            .envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        wrapped.env("PATH", std::env::var_os("PATH").unwrap());
        wrapped.current_dir(command.get_current_dir().unwrap());
        *command = wrapped;
        command.stdin(Stdio::null()).stderr(Stdio::null())
    })
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    String::from_utf8(id.stdout).unwrap().trim() == "0"
}

/// Where the server's data are seen from outside.
fn data_of(server: &Server, folder: &Folder) -> PathBuf {
    let root = PathBuf::from(format!("/proc/{}/root", server.id()));
    root.join(folder.0.strip_prefix("/").unwrap()).join("data")
}

/// Takes up all the room there is.
fn fill(path: &Path) {
    let mut file = File::options().create(true).append(true).open(path).unwrap();
    for size in [64 * 1024, 4096, 1] {
        while file.write_all(&vec![1; size]).is_ok() {}
    }
}

/// Asks the server and reads the answer.
struct Service<'a> {
    client: Client,
    server: &'a Server,
}

impl Service<'_> {
    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.client.post(format!("{}{path}", self.server.url)).json(body);
        let answer = timeout(PATIENCE, request.send()).await.unwrap().unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    async fn login(&self) -> (u16, Value) {
        self.post("/api/auth/login", &json!({"login": "ada", "password": PASSWORD})).await
    }

    async fn signed_in(&self) -> Value {
        let (status, tokens) = self.login().await;
        assert_eq!(status, 200, "{tokens}");
        tokens
    }

    /// Signs out, which must be acknowledged and hold.
    async fn sign_out(&self, tokens: &Value) {
        let refresh = json!({"refresh_token": tokens["refresh_token"]});
        let (status, answer) = self.post("/api/auth/logout", &refresh).await;
        assert_eq!(status, 204, "{answer}");
        let request = self.client.get(format!("{}/api/auth/session", self.server.url));
        let answer = request.bearer_auth(tokens["access_token"].as_str().unwrap()).send().await;
        assert_eq!(answer.unwrap().status(), 401);
        let (status, answer) = self.post("/api/auth/refresh", &refresh).await;
        assert_eq!((status, &answer["code"]), (401, &json!("session_ended")));
    }

    /// Tries to sign in until it is so.
    async fn login_becomes(&self, wanted: u16) {
        let until = Instant::now() + PATIENCE;
        loop {
            let (status, answer) = self.login().await;
            if status == wanted {
                return;
            }
            assert!(Instant::now() < until, "{status} {answer}");
        }
    }
}

#[tokio::test]
async fn on_a_full_disk_everybody_can_sign_out_and_nobody_new_is_taken_in() {
    let folder = Folder::new();
    let settings = ["--set", "limits.enabled=false", "--set", "tokens.issuer=https://carnet.test"];
    let server = start_on_small_disk(&folder, 24, &settings);
    let data = data_of(&server, &folder);
    let service = Service { client: Client::new(), server: &server };
    let ada = json!({"username": "ada", "email": "ada@example.org", "password": PASSWORD});
    assert_eq!(service.post("/api/auth/register", &ada).await.0, 201);
    let mut sessions = Vec::new();
    for _ in 0..18 {
        sessions.push(service.signed_in().await);
    }
    has_its_reserve(&data).await;
    fill(&data.join("filler"));
    service.login_becomes(503).await;
    let last = sessions.pop().unwrap();
    for tokens in &sessions {
        service.sign_out(tokens).await;
    }
    let grace = json!({"username": "grace", "email": "grace@example.org", "password": PASSWORD});
    assert_eq!(service.post("/api/auth/register", &grace).await.0, 503);
    assert!(!data.join("carnet.db-reserve").exists(), "it was needed");

    // What was acknowledged is on the disk.
    let copy = Folder::new();
    fs::create_dir(copy.0.join("data")).unwrap();
    for file in ["carnet.db", "carnet.db-wal", "carnet.secret"] {
        fs::copy(data.join(file), copy.0.join("data").join(file)).unwrap();
    }
    let restarted = Server::start(&copy, &settings);
    let restored = Service { client: Client::new(), server: &restarted };
    for tokens in &sessions {
        let refresh = json!({"refresh_token": tokens["refresh_token"]});
        assert_eq!(restored.post("/api/auth/refresh", &refresh).await.0, 401);
    }
    let refresh = json!({"refresh_token": last["refresh_token"]});
    assert_eq!(restored.post("/api/auth/refresh", &refresh).await.0, 200);

    fs::remove_file(data.join("filler")).unwrap();
    service.login_becomes(200).await;
    has_its_reserve(&data).await;
}

/// Waits for the reserve.
async fn has_its_reserve(data: &Path) {
    let is_there = async {
        let size = || fs::metadata(data.join("carnet.db-reserve")).map_or(0, |file| file.len());
        while size() < 4 * 1024 * 1024 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, is_there).await.unwrap();
}

/// The rows that tell of refused requests, and how many requests they tell of, as an operator sees
/// them who runs a command beside the server.
fn throttled(server: &Server, folder: &Folder) -> (usize, i64) {
    let mut command = Command::new("nsenter");
    if !is_root() {
        command.args(["--user", "--preserve-credentials"]);
    }
    command.args(["--mount", "--wd", "--target", &server.id().to_string()]);
    let audit = folder.command(&["audit", "--kind", "throttled", "--limit", "1000000", "--json"]);
    command.arg(audit.get_program()).args(audit.get_args());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let count = |line: &str| -> i64 {
        let event: Value = serde_json::from_str(line).unwrap();
        event["count"].as_i64().unwrap()
    };
    (lines.lines().count(), lines.lines().map(count).sum())
}

/// Waits until so many refused requests are recorded, and says in how many rows.
async fn rows_that_tell_of(refused: i64, server: &Server, folder: &Folder) -> usize {
    let until = Instant::now() + PATIENCE;
    loop {
        let (rows, told) = throttled(server, folder);
        if told >= refused {
            return rows;
        }
        assert!(Instant::now() < until, "{told} of {refused} are recorded");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_refused_sign_ins_fills_no_disk_and_keeps_nobody_signed_in() {
    let time = Duration::from_secs(if is_long() { 600 } else { 5 });
    let folder = Folder::new();
    let server = start_on_small_disk(&folder, 64, &[]);
    let data = data_of(&server, &folder);
    let service = Service { client: Client::new(), server: &server };
    let ada = json!({"username": "ada", "email": "ada@example.org", "password": PASSWORD});
    assert_eq!(service.post("/api/auth/register", &ada).await.0, 201);
    let until = Instant::now() + time;
    let flood = async |number: usize| {
        let (mut refused, mut asked) = (0_i64, 0);
        while Instant::now() < until {
            let login = format!("nobody{}", (number * 1_000_000 + asked) % 5_000);
            let body = json!({"login": login, "password": "a wrong kettle"});
            let (status, _) = service.post("/api/auth/login", &body).await;
            assert!([401, 429, 503].contains(&status), "{status}");
            refused += i64::from(status == 429);
            asked += 1;
        }
        refused
    };
    let sign_outs = async {
        let mut count = 0;
        while Instant::now() < until {
            // Of the flood's own address, so it has to wait for its turn.
            let (status, tokens) = service.login().await;
            if status == 200 {
                service.sign_out(&tokens).await;
                count += 1;
            } else {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        count
    };
    let (a, b, c, d, sign_outs) = tokio::join!(flood(1), flood(2), flood(3), flood(4), sign_outs);
    let refused = a + b + c + d;
    let size: u64 =
        fs::read_dir(&data).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
    eprintln!(
        "in {time:?} {refused} sign-ins were refused and {sign_outs} sign-outs acknowledged; \
         the data take {} kB",
        size / 1024
    );
    assert!(refused > 0 && sign_outs > 0);
    assert!(size < 32 * 1024 * 1024, "{size}");
    let rows = rows_that_tell_of(refused, &server, &folder).await;
    let minutes = usize::try_from(time.as_secs() / 60).unwrap() + 2;
    assert!(rows <= minutes, "{rows} rows in {minutes} minutes");
}
