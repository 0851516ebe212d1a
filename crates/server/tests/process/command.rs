//! The `carnet` binary as an operator meets it.

use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};

use crate::server::{Folder, PASSWORD, Server, mode};

#[tokio::test]
async fn with_no_settings_at_all_it_makes_what_it_needs_and_serves() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    let ready = reqwest::get(format!("{}/readyz", server.url)).await.unwrap();
    assert_eq!(ready.status(), 200);
    assert!(folder.0.join("data/carnet.db").exists());
    assert_eq!(mode(&folder.0.join("data/carnet.secret")), 0o600);
    assert!(server.stop().success());
}

#[tokio::test]
async fn what_an_operator_does_counts_in_the_running_server_within_a_second() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    folder.add_user("ada");
    let client = reqwest::Client::new();
    let answer = server.login(&client, "ada").await;
    let token = answer["access_token"].as_str().unwrap().to_owned();
    let session = answer["session"]["id"].as_str().unwrap().to_owned();
    let code = async || {
        let request = client.get(format!("{}/api/auth/session", server.url)).bearer_auth(&token);
        let answer: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
        answer["code"].as_str().unwrap_or("ok").to_owned()
    };
    let becomes = async |wanted: &str| {
        for _ in 0..100 {
            if code().await == wanted {
                return true;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        false
    };
    assert_eq!(code().await, "ok");
    assert_eq!(
        folder.says(&["user", "role", "ada", "--add", "editor"]),
        "ada is now: user, editor\n"
    );
    assert!(becomes("token_outdated").await);
    folder.says(&["user", "role", "ada", "--remove", "editor"]);
    assert!(becomes("ok").await);
    assert!(folder.says(&["session", "list", "ada"]).contains(&session));
    assert_eq!(folder.says(&["session", "end", "ada", &session]), "Ended 1 of ada's sessions.\n");
    assert!(becomes("session_ended").await);
    let audit = folder.says(&["audit", "ada"]);
    for what in ["account_created", "login_succeeded", "roles_changed", "session_ended"] {
        assert!(audit.contains(what), "{audit}");
    }
    assert!(server.stop().success());
}

#[test]
fn an_operator_makes_changes_disables_and_deletes_accounts() {
    let folder = Folder::new();
    folder.add_user("ada");
    assert!(folder.says(&["user", "list"]).contains("ada@example.org"));
    folder.says(&[
        "user",
        "set",
        "ada",
        "--name",
        "Ada",
        "--email",
        "ada@lovelace.example",
        "--attribute",
        "plan=gold",
    ]);
    assert!(folder.says(&["user", "list"]).contains("ada@lovelace.example"));
    assert_eq!(folder.says(&["user", "disable", "ada"]), "Disabled ada and ended 0 sessions.\n");
    assert!(folder.says(&["user", "list"]).contains("disabled"));
    folder.says(&["user", "enable", "ada@lovelace.example"]);
    assert!(folder.complains(&mut folder.command(&["user", "delete", "ada"])).contains("--yes"));
    assert_eq!(
        folder.says(&["user", "delete", "ada", "--yes"]),
        "Deleted ada and ended 0 sessions.\n"
    );
    let complaint = folder.complains(&mut folder.command(&["user", "disable", "ada"]));
    assert_eq!(complaint, "carnet: there is no user ada; `carnet user list` prints them\n");
}

#[test]
fn a_bad_account_is_refused_in_one_line() {
    let folder = Folder::new();
    folder.add_user("ada");
    let with_password = |arguments: &[&str], password: &str| {
        let mut child =
            folder.command(arguments).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // It may have been refused before the password is read.
        let _ = writeln!(child.stdin.take().unwrap(), "{password}");
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    for (username, email, password, complaint) in [
        ("ada", "other@example.org", PASSWORD, "another account's"),
        ("grace", "ADA@example.org", PASSWORD, "another account's"),
        ("a", "a@example.org", PASSWORD, "the username is too short"),
        ("grace", "grace", PASSWORD, "the e-mail address is not of the right form"),
        ("grace", "grace@example.org", "short", "the password is too short"),
        ("grace", "grace@example.org", "aaaaaaaaaaaaaaaa", "the password is too easy to guess"),
    ] {
        let arguments = ["user", "add", username, email, "--password-stdin"];
        let said = with_password(&arguments, password);
        assert!(said.contains(complaint), "{said}");
    }
    let arguments = ["user", "add", "grace", "grace@example.org"];
    assert!(folder.complains(&mut folder.command(&arguments)).contains("--password-stdin"));
}

#[test]
fn the_settings_in_force_are_printed_without_secrets_and_can_be_read_again() {
    let folder = Folder::new();
    std::fs::write(folder.0.join("Leptos.toml"), "[tokens]\naccess_lifetime = \"10m\"\n").unwrap();
    let mut command = folder.command(&["config", "--set", "tokens.max_sessions=7"]);
    let url = "postgres://carnet:canary@db.example.org/carnet?sslmode=require";
    command.env("CARNET_DATABASE__URL", url);
    command.env("CARNET_TOKENS__INTROSPECTION_SECRET", "canary-introspection-secret-of-forty");
    let printed = String::from_utf8(command.output().unwrap().stdout).unwrap();
    for line in [
        "access_lifetime = \"600s\"",
        "max_sessions = 7",
        "address = \"127.0.0.1:3000\"",
        "url = \"postgres://carnet@db.example.org/carnet?sslmode=require\"",
        "# The password of the database is set, and not shown.",
        "# introspection_secret is set, and not shown.",
    ] {
        assert!(printed.lines().any(|printed| printed == line), "{printed}");
    }
    assert!(!printed.contains("canary"), "{printed}");
    std::fs::write(folder.0.join("again.toml"), &printed).unwrap();
    let again = folder.says(&["config", "--settings", "again.toml"]);
    let settings = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    };
    assert_eq!(settings(&again), settings(&printed));
}

#[test]
fn a_bad_setting_stops_the_start_with_one_line_that_names_it() {
    let folder = Folder::new();
    for (assignment, complaint) in [
        ("server.adress=127.0.0.1:1", "setting server.adress: there is no such setting"),
        ("server.address=here", "setting server.address: must be an address and a port"),
        (
            "server.public_url=http://id.example.org",
            "setting server.public_url: must begin with https://",
        ),
        (
            "server.public_url=https://id.example.org/path",
            "setting server.public_url: must be a scheme",
        ),
        (
            "tokens.access_lifetime=1h",
            "setting tokens.access_lifetime: must be between 1s and 900s",
        ),
        ("tokens.access_lifetime=5", "setting tokens.access_lifetime: must be a length of time"),
        ("tokens.algorithm=none", "setting tokens.algorithm: must be"),
        ("passwords.min_length=4", "setting passwords.min_length: must be between 8 and 128"),
        (
            "passwords.memory_kib=19455",
            "setting passwords.memory_kib, iterations: must be at least 47104 and 1",
        ),
        ("database.url=mysql://db/carnet", "setting database.url: must be such as"),
        ("database.url=sqlite://:memory:", "setting database.url: a database in memory would"),
        ("database.url=sqlite://~/carnet.db", "setting database.url: ~ is not replaced"),
        ("claims.roles=attributes.roles", "setting claims.roles: Carnet sets this claim itself"),
        ("claims.plan=plan", "setting claims.plan: must be such as"),
        (
            "server.allowed_hosts=https://id.example.org",
            "setting server.allowed_hosts: must be hosts without scheme",
        ),
        ("server.max_connections=0", "setting server.max_connections: must be at least 1"),
        ("server.idle_timeout=2h", "setting server.idle_timeout: must be between"),
        ("server.forwarded_header=via", "setting server.forwarded_header: must be"),
        ("tokens.issuer=", "setting tokens.issuer: must not be empty"),
        ("tokens.issuer=my server", "setting tokens.issuer: must have no spaces"),
        ("nonsense", "setting --set: write it as"),
    ] {
        let said = folder.complains(&mut folder.command(&["serve", "--set", assignment]));
        assert!(said.starts_with(&format!("carnet: {complaint}")), "{said}");
    }
    let mut command = folder.command(&["serve"]);
    command.env("CARNET_SERVER__COLOUR", "green");
    assert!(folder.complains(&mut command).contains("server.colour: there is no such setting"));
    std::fs::write(folder.0.join("Leptos.toml"), "[server\n").unwrap();
    assert!(folder.complains(&mut folder.command(&["serve"])).contains("settings file"));
    let missing = folder.complains(&mut folder.command(&["serve", "--settings", "nowhere.toml"]));
    assert!(missing.contains("nowhere.toml"));
    assert!(!folder.0.join("data").exists());
}

#[test]
fn what_stops_the_start_is_said_in_one_line() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("server.address={}", taken.local_addr().unwrap());
    let said = folder.complains(&mut folder.command(&["serve", "--set", &address]));
    assert!(said.contains("server.address: cannot listen on"), "{said}");
    assert!(!folder.0.join("data").exists());

    std::fs::write(folder.0.join("notes.db"), "this is no database, whatever its name says")
        .unwrap();
    let junk = ["migrate", "--set", "database.url=sqlite://notes.db"];
    let said = folder.complains(&mut folder.command(&junk));
    assert!(said.contains("database.url: sqlite://notes.db cannot be opened"), "{said}");

    std::fs::write(folder.0.join("file"), "").unwrap();
    let inside = ["migrate", "--set", "database.url=sqlite://file/carnet.db"];
    assert!(folder.complains(&mut folder.command(&inside)).contains("database.url: file"));

    let absent = || {
        let mut command = folder.command(&["migrate"]);
        command.env("CARNET_DATABASE__URL", "postgres://carnet:canary@127.0.0.1:1/carnet");
        // Waiting for it would be announced in a line of its own.
        command.env("CARNET_DATABASE__WAIT", "0s");
        command
    };
    assert!(folder.complains(&mut absent()).contains("CARNET_SECRET: must be set"));
    let said = folder.complains(absent().env("CARNET_SECRET", "x".repeat(32)));
    assert!(
        said.contains("database.url: postgres://carnet@") && !said.contains("canary"),
        "{said}"
    );

    let mut command = folder.command(&["migrate"]);
    command.env("CARNET_SECRET", "short");
    assert!(folder.complains(&mut command).contains("CARNET_SECRET: must have at least 32"));
}

#[test]
fn another_master_secret_does_not_open_the_database() {
    let folder = Folder::new();
    assert_eq!(folder.says(&["migrate"]), "The database is up to date.\n");
    let mut command = folder.command(&["migrate"]);
    command.env("CARNET_SECRET", "another secret that is long enough");
    let said = folder.complains(&mut command);
    assert!(
        said.contains("not the secret that the keys of this database are sealed with"),
        "{said}"
    );
    folder.says(&["migrate"]);
    let secret = folder.0.join("data/carnet.secret");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(folder.complains(&mut folder.command(&["migrate"])).contains("others can read"));
}

#[test]
fn what_cargo_leptos_decides_goes_over_the_settings_file() {
    let folder = Folder::new();
    std::fs::write(folder.0.join("Leptos.toml"), "[server]\naddress = \"127.0.0.1:1\"\n").unwrap();
    let mut command = folder.command(&["config"]);
    command.env("LEPTOS_OUTPUT_NAME", "carnet").env("LEPTOS_SITE_ADDR", "127.0.0.1:4444");
    let printed = String::from_utf8(command.output().unwrap().stdout).unwrap();
    assert!(printed.contains("address = \"127.0.0.1:4444\""), "{printed}");
    assert!(folder.complains(&mut folder.command(&[])).contains("carnet serve"));
    // It starts the program without a word.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = folder.command(&[]);
    command.env("LEPTOS_OUTPUT_NAME", "carnet");
    command.env("LEPTOS_SITE_ADDR", taken.local_addr().unwrap().to_string());
    assert!(folder.complains(&mut command).contains("cannot listen on"));
}

#[test]
fn the_keys_are_listed_and_never_shown() {
    let folder = Folder::new();
    let listed = folder.says(&["key", "list"]);
    assert!(listed.contains("access") && listed.contains("refresh") && listed.contains("ES256"));
    assert_eq!(listed.lines().count(), 3);
    assert_eq!(folder.says(&["key", "list"]), listed);
}

#[test]
fn four_processes_that_start_at_once_agree_on_one_key() {
    let folder = Folder::new();
    let children: Vec<Child> = (0..4)
        .map(|_| folder.command(&["key", "list"]).stdout(Stdio::piped()).spawn().unwrap())
        .collect();
    let mut listings: Vec<String> = children
        .into_iter()
        .map(|child| String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap())
        .collect();
    listings.dedup();
    assert_eq!(listings.len(), 1);
    assert_eq!(listings[0].lines().count(), 3);
}

#[tokio::test]
async fn roles_and_attributes_that_no_token_can_carry_are_refused() {
    let folder = Folder::new();
    folder.add_user("ada");
    let roles: Vec<String> = (0..160).map(|role| format!("{role:x>60}")).collect();
    let many: Vec<&str> = roles.iter().flat_map(|role| ["--add", role.as_str()]).collect();
    let arguments = [&["user", "role", "ada"], &many[..]].concat();
    let said = folder.complains(&mut folder.command(&arguments));
    assert!(said.contains("nothing accepts more than 6144"), "{said}");
    let essay = format!("essay={}", "x".repeat(6_000));
    let set = ["user", "set", "ada", "--attribute", &essay];
    let claim = ["--set", "claims.essay=attributes.essay"];
    let said = folder.complains(&mut folder.command(&[&set[..], &claim].concat()));
    assert!(said.contains("nothing accepts more than 6144"), "{said}");
    // What is in no claim is in no token. Made a claim of, it keeps the account out until it is
    // shorter, and it can be made shorter step by step.
    folder.says(&set);
    let server = Server::start(&folder, &claim);
    let client = reqwest::Client::new();
    assert_eq!(server.login(&client, "ada").await["code"], "token_too_large");
    let still_too_long = format!("essay={}", "x".repeat(5_900));
    let shorter = ["user", "set", "ada", "--attribute", &still_too_long];
    folder.says(&[&shorter[..], &claim].concat());
    folder.says(&["user", "set", "ada", "--attribute", "essay=short"]);
    assert!(server.login(&client, "ada").await["access_token"].is_string());
    assert!(server.stop().success());
}
