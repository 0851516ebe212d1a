use serde_json::json;

use crate::support::{PASSWORD, SECRET, TestApp};

#[tokio::test]
async fn no_password_and_no_token_lies_in_the_database() {
    let app = TestApp::on_sqlite(&[]).await;
    let mut ada = app.registered("ada").await;
    let mut secrets = vec![PASSWORD.to_owned(), ada.refresh.clone(), ada.access.clone()];
    ada.refreshed().await;
    let body = json!({"attempt": "canarycanarycanarycana"});
    let answer = ada.present(&ada.refresh, body).await.with_status(200);
    secrets.extend([
        ada.refresh.clone(),
        answer.body["refresh_token"].as_str().unwrap().to_owned(),
        "canarycanarycanarycana".to_owned(),
        SECRET.to_owned(),
    ]);
    let file = app.sqlite_file().unwrap();
    let mut is_kept_here = false;
    for name in ["carnet.db", "carnet.db-wal"] {
        let bytes = std::fs::read(file.with_file_name(name)).unwrap();
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        is_kept_here |= holds("ada@example.org");
        for secret in &secrets {
            assert!(!holds(secret), "{name} holds {secret}");
        }
    }
    assert!(is_kept_here, "these are not the files that the account is in");
}

#[tokio::test]
async fn nothing_secret_prints() {
    use carnet_server::settings::{SettingSource, Settings};
    let url = "postgres://carnet:canary@db.example.org/carnet".to_owned();
    let environment = vec![("CARNET_DATABASE__URL".to_owned(), url)];
    let source =
        SettingSource { file: Some("/dev/null".into()), environment, assignments: Vec::new() };
    let settings = Settings::read(&source).unwrap();
    assert!(!format!("{settings:?}{settings}").contains("canary"));
    let introspection = "a canary that introspects, of forty letters";
    let setting = format!("tokens.introspection_secret={introspection}");
    let app = TestApp::on_sqlite(&[&setting]).await;
    let ada = app.registered("ada").await;
    ada.present(&ada.refresh, json!({})).await.with_status(200);
    let printed = format!("{:?}{:#?}", app.app(), app.app());
    for secret in [SECRET, introspection, PASSWORD, &ada.refresh, &ada.access, "argon2id"] {
        assert!(!printed.contains(secret), "{secret} is printed");
    }
    let credentials = app.store().credentials("ada").await.unwrap().unwrap();
    assert!(!format!("{credentials:?}").contains("argon2"));
}
