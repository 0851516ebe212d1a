//! Everything that people read comes from the language of the page, and nothing of it from the code.
#![cfg(feature = "ssr")]
#![expect(clippy::unwrap_used, reason = "a test says that it failed by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use axum::body::{Body, to_bytes};
use carnet_app::{Addresses, Page, PageData, in_one_piece, shell};
use carnet_leptos::{
    AuthState, Done, FormName, FormOutcome, Handover, Language, SignOutReason, Trouble,
    WrittenSessions,
};
use carnet_shared::{ErrorCode, FieldCode, FieldError, SessionView, User};
use serde_json::Map;

const ENGLISH: &str = include_str!("../../leptos/languages/en.toml");

const PAGES: [Page; 9] = [
    Page::Home,
    Page::Register,
    Page::Login,
    Page::Profile,
    Page::Sessions,
    Page::Waiting,
    Page::Forbidden,
    Page::NotFound,
    Page::Unavailable,
];

const DAY: i64 = 24 * 60 * 60;

/// English with a mark around each text.
fn marked() -> Language {
    let mut is_inside = false;
    let mut file = String::new();
    for line in ENGLISH.lines().filter(|line| !line.starts_with('#')) {
        for character in line.chars() {
            match (character, is_inside) {
                ('"', false) => file.push_str("\"⟦"),
                ('"', true) => file.push_str("⟧\""),
                _ => file.push(character),
            }
            is_inside ^= character == '"';
        }
        file.push('\n');
    }
    Language::read("en", &file).unwrap().0
}

fn page(page: Page, auth: AuthState) -> PageData {
    PageData {
        page,
        handover: Handover { auth, registration_open: true, now: 100 * DAY, ..Handover::default() },
        site_name: "7".to_owned(),
        logo: None,
        links: Vec::new(),
        own_pages: Vec::new(),
    }
}

/// All of whose data has no letters.
fn somebody() -> AuthState {
    let user = User {
        id: "1".to_owned(),
        email: "2".to_owned(),
        username: "3".to_owned(),
        name: "4".to_owned(),
        roles: vec!["5".to_owned()],
        created_at: 0,
        attributes: Map::new(),
    };
    AuthState::SignedIn { user, session_id: "1".to_owned() }
}

fn sessions() -> WrittenSessions {
    WrittenSessions::new(&all_sessions())
}

fn all_sessions() -> Vec<SessionView> {
    let reasons = [
        "logout",
        "ended",
        "password_changed",
        "reused",
        "replaced",
        "disabled",
        "too_many",
        "operator",
        "idle",
    ];
    let ended = reasons.iter().map(|reason| Some(*reason));
    let ages = [0, 5 * 60, 2 * 60 * 60, 3 * DAY, 20 * DAY].into_iter().cycle();
    [None, None, None]
        .into_iter()
        .chain(ended)
        .zip(ages)
        .enumerate()
        .map(|(number, (reason, age))| {
            let session = serde_json::json!({
                "id": "1", "device": "8", "address": "9", "user_agent": "8", "delivery": "cookie",
                "remember": true, "current": number == 0, "created_at": 0,
                "authenticated_at": 0, "last_used_at": 100 * DAY - age,
                "idle_expires_at": 200 * DAY, "expires_at": 200 * DAY,
                "ended_at": reason.map(|_| 100 * DAY - age), "ended_because": reason,
            });
            serde_json::from_value(session).unwrap()
        })
        .collect()
}

/// Every page in the states in which a server sends it.
fn states() -> Vec<PageData> {
    let anonymous = [
        SignOutReason::Elsewhere,
        SignOutReason::Expired,
        SignOutReason::Reused,
        SignOutReason::PasswordChanged,
        SignOutReason::AccountDisabled,
        SignOutReason::Here,
    ]
    .map(|reason| AuthState::Anonymous(Some(reason)));
    let auths = [AuthState::Unknown, AuthState::Anonymous(None), somebody()];
    let mut states = Vec::new();
    for name in PAGES {
        for auth in auths.iter().chain(&anonymous) {
            for is_open in [true, false] {
                let mut page = page(name, auth.clone());
                page.handover.registration_open = is_open;
                page.handover.done = Some(Done::PasswordChanged);
                page.handover.sessions = (name == Page::Sessions).then(sessions);
                states.push(page);
            }
        }
    }
    let mut alone = page(Page::Sessions, somebody());
    alone.handover.sessions = Some(WrittenSessions::new(&all_sessions()[..1]));
    states.push(alone);
    states.extend(forms());
    states
}

/// Every form as it comes back for each reason.
fn forms() -> Vec<PageData> {
    let mut states = Vec::new();
    for form in FormName::ALL {
        let (name, auth) = match form {
            FormName::Register => (Page::Register, AuthState::Anonymous(None)),
            FormName::Login => (Page::Login, AuthState::Anonymous(None)),
            FormName::Name | FormName::Password => (Page::Profile, somebody()),
            FormName::EndSession | FormName::EndOthers => (Page::Sessions, somebody()),
            FormName::SignOut => continue,
        };
        let codes = [
            FieldCode::Missing,
            FieldCode::TooShort,
            FieldCode::TooLong,
            FieldCode::TooEasy,
            FieldCode::Taken,
            FieldCode::Wrong,
        ];
        let fields = form.fields();
        let of_fields = codes.map(|code| {
            let errors: Vec<_> = fields.iter().map(|field| FieldError::new(*field, code)).collect();
            Trouble::from(errors)
        });
        let refused = ErrorCode::ALL.iter().map(|code| Trouble::refused(*code));
        let waits = [1, 30, 600].map(|seconds| Trouble {
            retry_after: Some(seconds),
            ..Trouble::refused(ErrorCode::TooManyRequests)
        });
        for trouble in of_fields.into_iter().chain(refused).chain(waits) {
            let mut page = page(name, auth.clone());
            page.handover.sessions = (name == Page::Sessions).then(sessions);
            page.handover.form = Some(FormOutcome { form, values: Map::new(), trouble });
            states.push(page);
        }
    }
    states
}

async fn html(page: PageData, language: Language) -> String {
    let path = page.page.path();
    let app = move || shell(page, language.texts(), &Addresses::default(), "nonce", None);
    let request = axum::http::Request::get(path).body(Body::empty()).unwrap();
    let response = leptos_axum::handle_response_inner(|| (), app, request, in_one_piece).await;
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

/// What people read of a page, or have read to them.
fn read_by_people(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        found.push(text.to_owned());
        let (tag, after) = after.split_once('>').unwrap();
        for attribute in ["aria-label", "alt", "title", "placeholder"] {
            let value = tag.split_once(&format!(" {attribute}=\"")).map(|(_, value)| value);
            found.extend(value.and_then(|value| Some(value.split_once('"')?.0.to_owned())));
        }
        if tag.starts_with("meta name=\"description\"") {
            let content = tag.split_once("content=\"").unwrap().1;
            found.push(content.trim_end_matches('"').to_owned());
        }
        let hidden = ["script", "style"].into_iter().find(|name| tag.starts_with(name));
        rest = match hidden.and_then(|name| after.split_once(&format!("</{name}"))) {
            Some((_, after)) => after.split_once('>').unwrap().1,
            None => after,
        };
    }
    found
}

/// The letters outside of the marks, which no language has brought.
fn unmarked(text: &str) -> String {
    let mut depth = 0_i32;
    let mut outside = String::new();
    for character in text.chars() {
        match character {
            '⟦' => depth += 1,
            '⟧' => depth -= 1,
            _ if depth == 0 && character.is_alphabetic() => outside.push(character),
            _ => {}
        }
    }
    outside
}

#[test]
fn no_page_says_anything_that_is_not_in_the_language_file() {
    let language = marked();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    leptos_axum::generate_route_list(|| ());
    for page in states() {
        let what = format!("{:?} {:?} {:?}", page.page, page.handover.auth, page.handover.form);
        let html = runtime.block_on(html(page, language));
        // A sentence around a link is marked at its two ends.
        let whole: String = read_by_people(&html).join(" ");
        assert_eq!(unmarked(&whole), "", "{what}: {html}");
        assert!(whole.contains('⟦'), "{what}");
    }
}

#[test]
fn no_view_has_text_of_its_own() {
    let folders = ["src", "../leptos/src"].map(|it| Path::new(env!("CARGO_MANIFEST_DIR")).join(it));
    let mut views = 0;
    for file in folders.iter().flat_map(|folder| sources(folder)) {
        let source = fs::read_to_string(&file).unwrap();
        let code: Vec<_> =
            source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for view in code.join("\n").split("view! {").skip(1) {
            views += 1;
            let texts = texts_in(view);
            assert!(texts.is_empty(), "{}: {texts:?}", file.display());
        }
    }
    assert!(views > 50, "{views}");
}

#[test]
fn text_in_a_view_is_found() {
    for view in [
        r#"<p>"Hello"</p> }"#,
        r#"<p>{name}" and more"</p> }"#,
        r#"<p class="a">{move || if busy.get() { "Saving" } else { "Save" }}</p> }"#,
    ] {
        assert!(!texts_in(view).is_empty(), "{view}");
    }
    for view in
        [r#"<p class="One two">{text}" "</p> } "After""#, r#"<a href=path("A b")>{text}</a> }"#]
    {
        assert!(texts_in(view).is_empty(), "{view}");
    }
}

/// The literals of a view that stand where people would read them. It begins after the brace of its macro.
fn texts_in(view: &str) -> Vec<String> {
    let mut depth = 1;
    let mut before = '{';
    let mut texts = Vec::new();
    let mut characters = view.chars();
    while let Some(character) = characters.next() {
        match character {
            '{' => depth += 1,
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            '"' => {
                let literal: String = characters.by_ref().take_while(|it| *it != '"').collect();
                let is_sentence = literal.starts_with(char::is_uppercase)
                    || literal.trim().contains(' ') && literal.contains(char::is_alphabetic)
                    || literal.starts_with(' ') && literal.contains(char::is_alphabetic);
                if is_sentence && matches!(before, '>' | '{' | '}' | '|' | '"') {
                    texts.push(literal);
                }
            }
            _ => {}
        }
        if !character.is_whitespace() {
            before = character;
        }
    }
    texts
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

#[test]
fn a_page_says_in_which_language_it_is() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    leptos_axum::generate_route_list(|| ());
    for language in Language::built_in("Carnet") {
        let page = page(Page::Login, AuthState::Anonymous(None));
        let html = runtime.block_on(html(page, language));
        assert!(html.contains(&format!("<html lang=\"{}\">", language.tag())), "{html}");
    }
}
