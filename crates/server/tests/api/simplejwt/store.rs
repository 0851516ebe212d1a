use carnet_server::App;
use carnet_server::settings::{SettingSource, Settings};

use super::{newcomer, not_valid, refresh, user_id};
use crate::support::{TestApp, on_both};

on_both![no_token_is_kept, what_is_long_over_is_forgotten_and_nothing_else];

/// Row 100: different, because no token is kept, only the hash of each session's secret.
async fn no_token_is_kept(app: TestApp) {
    let ada = newcomer(&app, "ada").await;
    let id = user_id(&app, "ada").await;
    let sessions = app.store().sessions_of(&id, 0, app.clock.now()).await.unwrap();
    let row = app.store().session_row(&sessions[0].id).await.unwrap().unwrap();
    assert_eq!(row.user_id, id);
    assert_eq!(sessions[0].expires_at - sessions[0].created_at, 90 * 86_400);
    let kept = format!("{row:?} {sessions:?}");
    assert!(!kept.contains(&ada.refresh) && !kept.contains(&ada.access));
}

/// Row 101: different, because it happens by itself, a month after the end of a session.
async fn what_is_long_over_is_forgotten_and_nothing_else(app: TestApp) {
    let old = newcomer(&app, "ada").await;
    app.clock.advance(62 * 86_400);
    let new = newcomer(&app, "grace").await;
    app.store().forget_sessions(app.clock.now() - 31 * 86_400).await.unwrap();
    refresh(&app, &old.refresh).await.with_status(401);
    refresh(&app, &new.refresh).await.with_status(200);
    let recent = newcomer(&app, "lin").await;
    app.clock.advance(30 * 86_400);
    app.store().forget_sessions(app.clock.now() - 31 * 86_400).await.unwrap();
    not_valid(&refresh(&app, &recent.refresh).await, "Token is expired");
}

fn settings(assignments: &[&str]) -> Result<Settings, String> {
    let assignments = assignments.iter().map(|&text| text.to_owned()).collect();
    let source =
        SettingSource { file: Some("/dev/null".into()), environment: Vec::new(), assignments };
    Settings::read(&source).map_err(|error| error.to_string())
}

/// Row 78: better.
#[tokio::test]
async fn without_a_store_nothing_starts() {
    let settings = settings(&["database.url=sqlite:///dev/null/carnet.db"]).unwrap();
    assert!(App::builder(settings).start().await.is_err());
}

/// Row 102: same.
#[test]
fn a_bad_setting_is_found_at_the_start() {
    for (assignment, complaint) in [
        ("tokens.algorithm=HS1", "tokens.algorithm: must be one of"),
        ("tokens.reuse_grace=ten", "tokens.reuse_grace: must be a length of time"),
        ("compat.simplejwt=on", r#"compat.simplejwt: must be "rotating", "static" or "off""#),
        ("compat.simplejwt=Static", "compat.simplejwt: must be"),
        ("compat.simple_jwt=static", "compat.simple_jwt: there is no such setting"),
    ] {
        let said = settings(&[assignment]).unwrap_err();
        assert!(said.contains(complaint) && said.lines().count() == 1, "{said}");
    }
    let shown = settings(&["compat.simplejwt=static"]).unwrap().to_string();
    assert!(shown.contains("[compat]\nsimplejwt = \"static\""), "{shown}");
    assert!(settings(&[]).unwrap().to_string().contains("simplejwt = \"rotating\""));
}
