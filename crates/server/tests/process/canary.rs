//! Nothing secret is said, not even by a server that says all it can.

use std::fs::File;
use std::process::Stdio;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::database::new_postgres;
use crate::server::{Folder, Server};

/// The private half of the key of RFC 7515 §A.3.
const PRIVATE_KEY: &str = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI";
const MASTER_SECRET: &str = "canary-master-secret-of-forty-characters";
const INTROSPECTION: &str = "canary-introspection-secret-of-forty-chars";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_logged_or_kept_on_sqlite() {
    let folder = Folder::new();
    let secrets = serve_everything(&folder, "sqlite://data/carnet.db").await;
    let data = folder.0.join("data");
    let kept = std::fs::read(data.join("carnet.db")).unwrap();
    let has = |text: &str| kept.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has("ada@example.org"), "this is not where the server keeps things");
    require_absent(&secrets, &kept, "carnet.db");
    // It goes when the server ends well.
    if let Ok(bytes) = std::fs::read(data.join("carnet.db-wal")) {
        require_absent(&secrets, &bytes, "carnet.db-wal");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_logged_or_kept_on_postgres() {
    let folder = Folder::new();
    let database = new_postgres().await;
    let mut url: url::Url = database.parse().unwrap();
    if url.password().is_none() {
        url.set_password(Some("canary-database-password")).unwrap();
    }
    let mut secrets = serve_everything(&folder, url.as_str()).await;
    let log = std::fs::read(folder.0.join("log")).unwrap();
    require_absent(&[url.password().unwrap().to_owned()], &log, "the log");
    secrets.push(url.password().unwrap().to_owned());
    let pool = sqlx::PgPool::connect(&database).await.unwrap();
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
            .fetch_all(&pool)
            .await
            .unwrap();
    let mut filled = Vec::new();
    for table in &tables {
        let sql = AssertSqlSafe(format!(r#"SELECT t::text FROM "{table}" t"#));
        let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
        require_absent(&secrets, rows.concat().as_bytes(), table);
        if !rows.is_empty() {
            filled.push(table.as_str());
        }
    }
    for table in ["users", "sessions", "keys", "changes", "events"] {
        assert!(filled.contains(&table), "nothing was looked for in {table}: {filled:?}");
    }
}

/// Lets a server that logs all it can meet every secret that there is, and returns these.
async fn serve_everything(folder: &Folder, database: &str) -> Vec<String> {
    let log = File::create(folder.0.join("log")).unwrap();
    let key = format!(
        r#"{{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"{PRIVATE_KEY}"}}"#
    );
    std::fs::write(folder.0.join("key.json"), key).unwrap();
    // One as a variable, the others in files.
    let secrets = [
        ("CARNET_SECRET", MASTER_SECRET),
        ("CARNET_DATABASE__URL_FILE", database),
        ("CARNET_TOKENS__INTROSPECTION_SECRET_FILE", INTROSPECTION),
    ]
    .map(|(name, secret)| {
        if !name.ends_with("_FILE") {
            return (name, secret.to_owned());
        }
        let path = folder.0.join(name);
        std::fs::write(&path, format!("{secret}\n")).unwrap();
        (name, path.display().to_string())
    });
    let mut import = folder.command(&["key", "import", "key.json", "--now"]);
    let import = import.envs(secrets.clone()).env("RUST_LOG", "trace");
    let output = import.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let server = Server::start_as(folder, &["--set", "limits.enabled=false"], |command| {
        command.envs(secrets).env("RUST_LOG", "trace").stderr(Stdio::from(log))
    });
    let mut secrets = everything(&server.url).await;
    secrets.extend([PRIVATE_KEY, MASTER_SECRET, INTROSPECTION].map(str::to_owned));
    let bytes = URL_SAFE_NO_PAD.decode(PRIVATE_KEY).unwrap();
    let numbers = format!("{bytes:?}");
    secrets.push(numbers[1..numbers.len() - 1].to_owned());
    secrets.push(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
    assert!(server.stop().success());

    let log = std::fs::read(folder.0.join("log")).unwrap();
    let text = String::from_utf8_lossy(&log);
    for loud in ["DEBUG", "sqlx", "carnet_server"] {
        assert!(text.contains(loud), "{loud} is missing: the log is not all that there is");
    }
    require_absent(&secrets, &log, "the log");
    require_absent(&secrets, &output.stderr, "what the import said");
    require_absent(&secrets, &output.stdout, "what the import said");
    secrets
}

#[track_caller]
fn require_absent(secrets: &[String], bytes: &[u8], place: &str) {
    for secret in secrets {
        let at = bytes.windows(secret.len()).position(|window| window == secret.as_bytes());
        if let Some(at) = at {
            let around = &bytes[at.saturating_sub(200)..bytes.len().min(at + 200)];
            panic!("{place} holds {secret}: {}", String::from_utf8_lossy(around));
        }
    }
}

/// A server, and every secret that was sent to it or came from it.
struct Witness<'a> {
    client: Client,
    url: &'a str,
    secrets: Vec<String>,
}

const OLD: &str = "canary old kettle on it";
const NEW: &str = "canary new teapot now";
const ATTEMPTS: [&str; 3] =
    ["canary-attempt-number1", "canary-attempt-number2", "canary-attempt-number3"];

/// Does all that people do with secrets; returns every one.
async fn everything(url: &str) -> Vec<String> {
    let mut witness = Witness { client: Client::new(), url, secrets: Vec::new() };
    witness.secrets.extend([OLD, NEW].map(str::to_owned));
    witness.secrets.extend(ATTEMPTS.map(str::to_owned));
    let tokens = witness.change_a_password().await;
    witness.use_a_cookie().await;
    witness.introspect(&tokens).await;
    witness.send_junk().await;
    let body = json!({"refresh_token": tokens["refresh_token"]});
    witness.sent(witness.post("/api/auth/logout", &body), 204).await;
    witness.secrets
}

impl Witness<'_> {
    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.url)).json(body)
    }

    async fn change_a_password(&mut self) -> Value {
        let body = json!({"username": "ada", "email": "ada@example.org", "password": OLD});
        let ada = self.sent(self.post("/api/auth/register", &body), 201).await;
        let body = json!({"username": "grace", "email": "grace@example.org", "password": "canary"});
        self.sent(self.post("/api/auth/register", &body), 422).await;
        let wrong = json!({"login": "ada", "password": self.secret("canary wrong kettle")});
        self.sent(self.post("/api/auth/login", &wrong), 401).await;
        let first = &ada["refresh_token"];
        let body = json!({"refresh_token": first, "attempt": ATTEMPTS[0]});
        let next = self.sent(self.post("/api/auth/refresh", &body), 200).await;
        self.sent(self.post("/api/auth/refresh", &body), 200).await;
        let body = json!({
            "current_password": OLD, "new_password": NEW, "attempt": ATTEMPTS[1],
            "previous": ATTEMPTS[0], "refresh_token": next["refresh_token"],
        });
        let access = next["access_token"].as_str().unwrap();
        self.sent(self.post("/api/me/password", &body).bearer_auth(access), 200).await;
        self.sent(self.post("/api/auth/refresh", &json!({"refresh_token": first})), 401).await;
        let body = json!({"login": "ada", "password": NEW});
        self.sent(self.post("/api/auth/login", &body), 200).await
    }

    async fn use_a_cookie(&mut self) {
        let body = json!({"login": "ada", "password": NEW, "delivery": "cookie"});
        let login = self.post("/api/auth/login", &body).header("origin", self.url);
        let login = login.send().await.unwrap();
        let cookie = std::str::from_utf8(login.headers()["set-cookie"].as_bytes()).unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        self.secret(cookie.split_once('=').unwrap().1);
        let refresh = self.post("/api/auth/refresh", &json!({"attempt": ATTEMPTS[2]}));
        let refresh = refresh.header("origin", self.url).header("cookie", &cookie);
        self.sent(refresh, 200).await;
        let page = self.client.get(format!("{}/profile", self.url)).header("cookie", &cookie);
        page.send().await.unwrap();
    }

    async fn introspect(&mut self, tokens: &Value) {
        let body = json!({"token": tokens["refresh_token"], "client_secret": INTROSPECTION});
        self.sent(self.post("/api/auth/introspect", &body), 200).await;
        let body = json!({"token": tokens["access_token"]});
        for (secret, status) in [(INTROSPECTION, 200), ("canary-guess", 401)] {
            let secret = self.secret(secret);
            let request = self.post("/api/auth/introspect", &body);
            self.sent(request.basic_auth("shop", Some(secret)), status).await;
        }
    }

    async fn send_junk(&mut self) {
        let at = |path: &str| format!("{}{path}", self.url);
        let (me, login) = (at("/api/me"), at("/api/auth/login"));
        for junk in ["canary-junk", "crt_canary-junk", "eyJhbGciOiJub25lIn0.canary-junk.x"] {
            self.secret(junk);
            self.sent(self.client.get(&me).bearer_auth(junk), 401).await;
            let body = json!({"refresh_token": junk});
            self.sent(self.post("/api/auth/refresh", &body), 401).await;
            self.sent(self.post("/api/auth/logout", &body), 204).await;
        }
        let query = self.secret("canary-query");
        self.sent(self.client.get(format!("{me}?access_token={query}")), 401).await;
        let broken = format!(r#"{{"login": "ada", "password": "{}"#, self.secret("canary-broken"));
        let broken = self.client.post(login).body(broken);
        self.sent(broken.header("content-type", "application/json"), 400).await;
        let form = [("login", "ada"), ("password", self.secret("canary-form"))];
        let form = self.client.post(format!("{}/login", self.url)).form(&form);
        form.header("origin", self.url).send().await.unwrap();
    }

    /// Takes down a secret.
    fn secret<'s>(&mut self, secret: &'s str) -> &'s str {
        self.secrets.push(secret.to_owned());
        secret
    }

    /// Sends a request and takes down the tokens of its answer: the signature of an access token
    /// and the end of a refresh token, since either alone would be too much.
    async fn sent(&mut self, request: RequestBuilder, status: u16) -> Value {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{}", response.url());
        let cookie = response.headers().get("set-cookie").cloned();
        let answer: Value = response.json().await.unwrap_or_default();
        for name in ["access_token", "refresh_token"] {
            if let Some(token) = answer[name].as_str() {
                self.secret(&token[token.len() - 40..]);
            }
        }
        if let Some(cookie) = cookie {
            let cookie = std::str::from_utf8(cookie.as_bytes()).unwrap();
            let value = cookie.split([';', '=']).nth(1).unwrap().to_owned();
            if !value.is_empty() {
                self.secret(&value);
            }
        }
        answer
    }
}
