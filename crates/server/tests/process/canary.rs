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
    for name in ["carnet.db", "carnet.db-wal"] {
        // The second goes when the server ends well.
        let bytes = std::fs::read(folder.0.join("data").join(name)).unwrap_or_default();
        require_absent(&secrets, &bytes, name);
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
    for table in ["users", "sessions", "keys", "changes", "events"] {
        let sql = AssertSqlSafe(format!("SELECT t::text FROM {table} t"));
        let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
        require_absent(&secrets, rows.concat().as_bytes(), table);
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
    let url = format!("database.url={database}");
    let mut import = folder.command(&["key", "import", "key.json", "--now", "--set", &url]);
    let secret = ("CARNET_SECRET", MASTER_SECRET);
    let import = import.env(secret.0, secret.1).env("RUST_LOG", "trace");
    let output = import.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let introspection = format!("tokens.introspection_secret={INTROSPECTION}");
    let server = Server::start_as(
        folder,
        &["--set", &url, "--set", &introspection, "--set", "limits.enabled=false"],
        |command| {
            let command = command.env(secret.0, secret.1).env("RUST_LOG", "trace");
            command.stderr(Stdio::from(log))
        },
    );
    let mut secrets = everything(&server.url).await;
    secrets.extend([PRIVATE_KEY, MASTER_SECRET, INTROSPECTION].map(str::to_owned));
    let bytes = URL_SAFE_NO_PAD.decode(PRIVATE_KEY).unwrap();
    let numbers = format!("{bytes:?}");
    secrets.push(numbers[1..numbers.len() - 1].to_owned());
    secrets.push(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
    assert!(server.stop().success());

    let log = std::fs::read(folder.0.join("log")).unwrap();
    let text = String::from_utf8_lossy(&log);
    for loud in ["TRACE", "DEBUG", "sqlx"] {
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

/// Does all that people do with secrets; returns every one, sent or received.
async fn everything(url: &str) -> Vec<String> {
    let client = Client::new();
    let at = |path: &str| format!("{url}{path}");
    let post = |path: &str, body: &Value| client.post(at(path)).json(body);
    let (old, wrong, new) =
        ("canary old kettle on it", "canary wrong kettle", "canary new teapot now");
    let attempts = ["canary-attempt-number1", "canary-attempt-number2", "canary-attempt-number3"];
    let mut secrets = vec![old.to_owned(), wrong.to_owned(), new.to_owned()];
    secrets.extend(attempts.map(str::to_owned));

    let body = json!({"username": "ada", "email": "ada@example.org", "password": old});
    let ada = send(post("/api/auth/register", &body), 201, &mut secrets).await;
    let body = json!({"username": "grace", "email": "grace@example.org", "password": "canary"});
    send(post("/api/auth/register", &body), 422, &mut secrets).await;
    send(post("/api/auth/login", &json!({"login": "ada", "password": wrong})), 401, &mut secrets)
        .await;
    let body = json!({"refresh_token": ada["refresh_token"], "attempt": attempts[0]});
    let next = send(post("/api/auth/refresh", &body), 200, &mut secrets).await;
    send(post("/api/auth/refresh", &body), 200, &mut secrets).await;
    let access = next["access_token"].as_str().unwrap();
    let body = json!({
        "current_password": old, "new_password": new, "refresh_token": next["refresh_token"],
        "attempt": attempts[1], "previous": attempts[0],
    });
    let change = post("/api/me/password", &body).bearer_auth(access);
    let changed = send(change, 200, &mut secrets).await;
    send(
        post("/api/auth/refresh", &json!({"refresh_token": ada["refresh_token"]})),
        401,
        &mut secrets,
    )
    .await;

    let body = json!({"login": "ada", "password": new, "delivery": "cookie"});
    let login = post("/api/auth/login", &body).header("origin", url).send().await.unwrap();
    let cookie =
        login.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    secrets.push(cookie.split_once('=').unwrap().1.to_owned());
    let refresh = post("/api/auth/refresh", &json!({"attempt": attempts[2]}));
    send(refresh.header("origin", url).header("cookie", &cookie), 200, &mut secrets).await;
    let page = client.get(at("/profile")).header("cookie", &cookie);
    page.send().await.unwrap();

    let introspect = json!({"token": changed["refresh_token"], "client_secret": INTROSPECTION});
    send(post("/api/auth/introspect", &introspect), 200, &mut secrets).await;
    let body = json!({"token": changed["access_token"]});
    let basic = post("/api/auth/introspect", &body).basic_auth("shop", Some(INTROSPECTION));
    send(basic, 200, &mut secrets).await;
    let basic = post("/api/auth/introspect", &body).basic_auth("shop", Some("canary-guess"));
    send(basic, 401, &mut secrets).await;

    for junk in
        ["canary-junk", "crt_canary-junk", "canary.junk.token", "eyJhbGciOiJub25lIn0.canary-junk.x"]
    {
        send(client.get(at("/api/me")).bearer_auth(junk), 401, &mut secrets).await;
        send(post("/api/auth/refresh", &json!({"refresh_token": junk})), 401, &mut secrets).await;
        send(post("/api/auth/logout", &json!({"refresh_token": junk})), 204, &mut secrets).await;
    }
    let broken = client.post(at("/api/auth/login")).header("content-type", "application/json");
    send(broken.body(r#"{"login": "ada", "password": "canary-broken"#), 400, &mut secrets).await;
    send(client.get(at("/api/me?access_token=canary-query")), 401, &mut secrets).await;
    let form = client.post(at("/login")).header("origin", url);
    let form = form.form(&[("login", "ada"), ("password", "canary-form")]);
    form.send().await.unwrap();
    send(
        post("/api/auth/logout", &json!({"refresh_token": changed["refresh_token"]})),
        204,
        &mut secrets,
    )
    .await;
    secrets.extend(
        [
            "canary-guess",
            "canary-junk",
            "canary.junk",
            "canary-broken",
            "canary-query",
            "canary-form",
        ]
        .map(str::to_owned),
    );
    secrets
}

/// Sends a request and takes down the tokens of its answer: the signature of an access token and the
/// end of a refresh token, since either alone would be too much.
async fn send(request: RequestBuilder, status: u16, secrets: &mut Vec<String>) -> Value {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), status, "{}", response.url());
    let set = response.headers().get("set-cookie").map(|value| value.to_str().unwrap().to_owned());
    let answer: Value = response.json().await.unwrap_or_default();
    for name in ["access_token", "refresh_token"] {
        if let Some(token) = answer[name].as_str() {
            secrets.push(token[token.len() - 40..].to_owned());
        }
    }
    let cookie = set.as_deref().and_then(|cookie| cookie.split([';', '=']).nth(1));
    secrets.extend(cookie.filter(|value| !value.is_empty()).map(str::to_owned));
    answer
}
