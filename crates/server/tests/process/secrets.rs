//! How secrets are given to the program, and that none of them is printed.

use std::process::Stdio;

use crate::server::{Folder, Server};

const SECRET: &str = "canary-master-secret-of-forty-characters";
const INTROSPECTION: &str = "canary-introspection-secret-of-forty-chars";

#[test]
fn a_secret_must_not_stand_in_the_arguments() {
    let folder = Folder::new();
    for (assignment, variable) in [
        (
            format!("tokens.introspection_secret={INTROSPECTION}"),
            "CARNET_TOKENS__INTROSPECTION_SECRET_FILE",
        ),
        ("database.url=postgres://ada:canary@db/carnet".to_owned(), "CARNET_DATABASE__URL_FILE"),
        (
            "database.url=postgres://db/carnet?password=canary".to_owned(),
            "CARNET_DATABASE__URL_FILE",
        ),
    ] {
        let said = folder.complains(&mut folder.command(&["config", "--set", &assignment]));
        assert!(said.contains("must not stand in --set") && said.contains(variable), "{said}");
        assert!(!said.contains("canary"), "{said}");
    }
    let without = ["config", "--set", "database.url=postgres://ada@db/carnet"];
    assert!(folder.says(&without).contains("postgres://ada@db/carnet"));
}

/// What a shell or a hand may have made of an address or a line.
#[test]
fn what_cannot_be_read_is_never_repeated() {
    let folder = Folder::new();
    for url in [
        "postgres://user:12#34canary@host/db",
        "postgres://user:12/34canary@host/db",
        "postgres://user:12?34canary@host/db",
        "postgres://user:canary#@host/db",
        "postgres:/user:canary@host/db",
        "canary",
    ] {
        for command in ["config", "migrate"] {
            let mut command = folder.command(&[command]);
            command.env("CARNET_DATABASE__URL", url).env("CARNET_SECRET", SECRET);
            let said = folder.complains(&mut command);
            assert!(said.starts_with("carnet: setting database.url: "), "{said}");
            assert!(!said.contains("canary"), "{url}: {said}");
        }
        let assignment = format!("database.url:{url}?a=b");
        let said = folder.complains(&mut folder.command(&["config", "--set", &assignment]));
        assert!(!said.contains("canary"), "{said}");
    }
    for line in ["introspection_secret = canary secret", "introspection_secret = \"canary"] {
        std::fs::write(folder.0.join("Leptos.toml"), format!("[tokens]\n{line}\n")).unwrap();
        let said = folder.complains(&mut folder.command(&["config"]));
        assert!(!said.contains("canary"), "{said}");
    }
}

#[test]
fn a_secret_comes_from_the_file_that_a_variable_names_without_the_end_of_its_line() {
    let folder = Folder::new();
    let file = |name: &str, text: &str| {
        std::fs::write(folder.0.join(name), text).unwrap();
        name.to_owned()
    };
    let mut command = folder.command(&["migrate"]);
    command.env("CARNET_SECRET", SECRET);
    assert!(command.status().unwrap().success());
    for end in ["", "\n", "\r\n"] {
        let mut command = folder.command(&["key", "list"]);
        command.env("CARNET_SECRET_FILE", file("secret", &format!("{SECRET}{end}")));
        assert!(command.stdout(Stdio::null()).status().unwrap().success(), "{end:?}");
    }
    // The one until now comes so, too.
    let mut rotate = folder.command(&["secret", "rotate"]);
    rotate.env("CARNET_PREVIOUS_SECRET_FILE", "secret").env("CARNET_SECRET", INTROSPECTION);
    assert!(rotate.stdout(Stdio::null()).status().unwrap().success());

    let url = file("url", "postgres://ada:canary@db/carnet\n");
    let introspection = file("introspection", &format!("{INTROSPECTION}\n"));
    let mut command = folder.command(&["config"]);
    command.env("CARNET_DATABASE__URL_FILE", url);
    command.env("CARNET_TOKENS__INTROSPECTION_SECRET_FILE", introspection);
    let printed = String::from_utf8(command.output().unwrap().stdout).unwrap();
    assert!(printed.contains("postgres://ada@db/carnet") && !printed.contains("canary"));
    assert!(printed.contains("# introspection_secret is set"), "{printed}");
}

#[test]
fn a_secret_that_is_given_twice_or_cannot_be_read_stops_the_start() {
    let folder = Folder::new();
    std::fs::write(folder.0.join("secret"), SECRET).unwrap();
    for variable in ["CARNET_SECRET", "CARNET_PREVIOUS_SECRET", "CARNET_DATABASE__URL"] {
        let file = format!("{variable}_FILE");
        let mut twice = folder.command(&["migrate"]);
        twice.env(variable, SECRET).env(&file, "secret");
        let said = folder.complains(&mut twice);
        let wanted = format!("setting {file}: {variable} is set too; keep one of them");
        assert!(said.contains(&wanted), "{said}");
        let mut absent = folder.command(&["migrate"]);
        absent.env(&file, "nowhere");
        let said = folder.complains(&mut absent);
        assert!(said.contains(&format!("setting {file}: nowhere: No such file")), "{said}");
    }
    assert!(!folder.0.join("data").exists());
}

#[tokio::test]
async fn a_service_asks_with_a_secret_that_came_from_a_file() {
    let folder = Folder::new();
    std::fs::write(folder.0.join("secret"), format!("{INTROSPECTION}\n")).unwrap();
    let server = Server::start_as(&folder, &[], |command| {
        command.env("CARNET_TOKENS__INTROSPECTION_SECRET_FILE", "secret").stderr(Stdio::null())
    });
    let request = reqwest::Client::new().post(format!("{}/api/auth/introspect", server.url));
    let body = serde_json::json!({"token": "junk", "client_secret": INTROSPECTION});
    assert_eq!(request.json(&body).send().await.unwrap().status(), 200);
    assert!(server.stop().success());
}
