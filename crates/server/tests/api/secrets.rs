use serde_json::json;

use crate::support::{PASSWORD, TestApp};

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
        "a master secret of the tests, long enough".to_owned(),
    ]);
    let file = app.sqlite_file().unwrap();
    for name in ["carnet.db", "carnet.db-wal"] {
        let bytes = std::fs::read(file.with_file_name(name)).unwrap();
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{name} holds {secret}");
        }
    }
}

#[tokio::test]
async fn nothing_secret_prints() {
    use carnet_server::settings::{SettingSource, Settings};
    let assignments =
        vec!["database.url=postgres://carnet:canary@db.example.org/carnet".to_owned()];
    let source =
        SettingSource { file: Some("/dev/null".into()), environment: Vec::new(), assignments };
    let settings = Settings::read(&source).unwrap();
    assert!(!format!("{settings:?}{settings}").contains("canary"));
    let app = TestApp::on_sqlite(&[]).await;
    app.registered("ada").await;
    let credentials = app.store().credentials("ada").await.unwrap().unwrap();
    assert!(!format!("{credentials:?}").contains("argon2"));
}
