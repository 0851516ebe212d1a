//! The forms of `carnet-leptos` on pages of somebody's own app, without script.

use axum::routing::get;
use axum::{Extension, Router};
use carnet_leptos::{
    ChangePasswordForm, Devices, Handover, Notices, ProfileForm, SignInForm, SignOutButton,
    SignUpForm, UserRoute,
};
use carnet_server::{PageGuard, api_router};
use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router as Leptos};
use leptos_router::path;
use serde_json::json;

use crate::support::{
    Answer, PASSWORD, TestApp, cookie_of_ada, leptos_pages, on_both, pair, serve,
};

on_both![
    a_sign_in_on_an_apps_own_page_leads_on,
    a_refused_sign_in_brings_the_page_back_with_what_was_typed,
    an_account_is_made_on_an_apps_own_page,
    a_taken_name_is_said_at_its_field,
    a_name_is_saved_and_that_is_said_once,
    a_refused_password_is_said_at_its_field,
    devices_are_listed_and_ended,
    a_sign_out_ends_the_session_and_leads_on,
    a_form_about_an_account_of_nobody_leads_to_sign_in,
    a_form_of_another_site_does_nothing,
    a_form_that_is_none_is_refused,
    an_apps_page_speaks_the_language_that_the_browser_asks_for,
    a_refused_form_below_a_nest_comes_back_to_its_page,
];

const NEW_PASSWORD: &str = "a second kettle is on now";

#[component]
fn SignInPage() -> impl IntoView {
    view! { <SignInForm to="/settings" footer=|| "I need help" /> }
}

#[component]
fn SignUpPage() -> impl IntoView {
    view! { <SignUpForm to="/settings" /> }
}

#[component]
fn Settings() -> impl IntoView {
    view! {
        <Notices />
        <ProfileForm />
        <ChangePasswordForm />
        <Devices />
        <SignOutButton to="/login" />
    }
}

#[component]
fn Pages() -> impl IntoView {
    view! {
        <Leptos>
            <FlatRoutes fallback=|| "Not found.">
                <Route path=path!("/login") view=SignInPage />
                <Route path=path!("/join") view=SignUpPage />
                <UserRoute path=path!("/settings") view=Settings />
            </FlatRoutes>
        </Leptos>
    }
}

/// An app whose pages are all its own.
struct OwnApp {
    carnet: TestApp,
    url: String,
}

impl OwnApp {
    async fn start(carnet: TestApp) -> Self {
        let app = carnet.without_routes().await;
        let guard = PageGuard::app(&app, Pages).devices_at("/settings");
        let own = leptos_pages(Pages).layer(guard);
        let url = serve(own.merge(api_router(&app))).await;
        Self { carnet, url }
    }

    /// As a browser loads a page.
    async fn get(&self, path: &str, cookie: &str) -> Answer {
        let request = self.carnet.client.get(format!("{}{path}", self.url));
        let request = request.header("cookie", cookie).header("accept-language", "en");
        Answer::read(request.send().await.unwrap()).await
    }

    /// As a browser sends the form that stands on a page.
    async fn send(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        self.send_from(&self.carnet.url, path, cookie, fields).await
    }

    async fn send_from(
        &self,
        origin: &str,
        path: &str,
        cookie: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let request = self.carnet.client.post(format!("{}{path}", self.url)).form(fields);
        let request = request.header("origin", origin).header("cookie", cookie);
        Answer::read(request.send().await.unwrap()).await
    }

    /// The page that a refused form comes back to.
    async fn refused(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.send(path, cookie, fields).await.with_status(303);
        let page = path.split('?').next().unwrap();
        assert_eq!(answer.header("location"), page);
        let refused = answer.cookies()[0].split(';').next().unwrap().to_owned();
        let back = self.get(page, &format!("{cookie}; {refused}")).await.with_status(200);
        let cleared =
            back.cookies().iter().any(|it| it.contains("-form=;") && it.contains("Max-Age=0"));
        assert!(cleared, "{:?}", back.cookies());
        back.text
    }
}

async fn a_sign_in_on_an_apps_own_page_leads_on(carnet: TestApp) {
    carnet.registered("ada").await;
    let own = OwnApp::start(carnet).await;
    let page = own.get("/login?next=/settings%3Ftab%3D2", "").await.with_status(200).text;
    for part in [
        r#"method="post" action="?carnet-form=login""#,
        r#"value="/settings?tab=2""#,
        "I need help",
        r#"<link rel="stylesheet" href="/pkg/forms."#,
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let fields = [("login", "ada"), ("password", PASSWORD), ("next", "/settings?tab=2")];
    let answer = own.send("/login?carnet-form=login", "", &fields).await.with_status(303);
    assert_eq!(answer.header("location"), "/settings?tab=2");
    let settings = own.get("/settings", &pair(&answer)).await.with_status(200).text;
    assert!(settings.contains(r#"action="?carnet-form=name""#), "{settings}");

    let fields = [("login", "ada"), ("password", PASSWORD), ("next", "https://evil.example")];
    let answer = own.send("/login?carnet-form=login", "", &fields).await.with_status(303);
    assert_eq!(answer.header("location"), "/profile");
}

async fn a_refused_sign_in_brings_the_page_back_with_what_was_typed(carnet: TestApp) {
    carnet.registered("ada").await;
    let own = OwnApp::start(carnet).await;
    let fields = [("login", "ada<"), ("password", "not hers at all"), ("next", "/settings")];
    let back = own.refused("/login?carnet-form=login", "", &fields).await;
    for part in [
        r#"class="carnet-notice-title">The username or the password is wrong"#,
        r#"value="ada&lt;""#,
        r#"value="/settings""#,
        "I need help",
    ] {
        assert!(back.contains(part), "{part} in {back}");
    }
    assert!(!back.contains("not hers at all"), "{back}");
}

async fn an_account_is_made_on_an_apps_own_page(carnet: TestApp) {
    let own = OwnApp::start(carnet).await;
    let fields = [
        ("email", "ada@example.org"),
        ("username", "ada"),
        ("password", PASSWORD),
        ("next", "/settings"),
    ];
    let answer = own.send("/join?carnet-form=register", "", &fields).await.with_status(303);
    assert_eq!(answer.header("location"), "/settings");
    own.get("/settings", &pair(&answer)).await.with_status(200);
}

async fn a_taken_name_is_said_at_its_field(carnet: TestApp) {
    carnet.registered("ada").await;
    let own = OwnApp::start(carnet).await;
    let fields = [("email", "other@example.org"), ("username", "ada"), ("password", PASSWORD)];
    let back = own.refused("/join?carnet-form=register", "", &fields).await;
    let error = r#"class="carnet-error">That username is taken"#;
    assert!(back.contains(error), "{back}");
    assert!(back.contains(r#"value="other@example.org""#), "{back}");
}

async fn a_name_is_saved_and_that_is_said_once(carnet: TestApp) {
    let own = OwnApp::start(carnet).await;
    let ada = cookie_of_ada(&own.carnet).await;
    let fields = [("form", "name"), ("name", "Ada Lovelace")];
    let saved = own.send("/settings?carnet-form=name", &ada, &fields).await.with_status(303);
    assert_eq!(saved.header("location"), "/settings?carnet-done=name-saved");
    let said = own.get(saved.header("location"), &ada).await.with_status(200).text;
    assert!(
        said.contains(r#"tabindex="-1" class="carnet-notice carnet-good">Your name is saved."#),
        "{said}"
    );
    assert!(said.contains(r#"value="Ada Lovelace""#), "{said}");
    let later = own.get("/settings", &ada).await.text;
    assert!(!later.contains("carnet-good"), "{later}");
}

async fn a_refused_password_is_said_at_its_field(carnet: TestApp) {
    let own = OwnApp::start(carnet).await;
    let ada = cookie_of_ada(&own.carnet).await;
    let wrong = [("current_password", "not hers at all"), ("new_password", NEW_PASSWORD)];
    let back = own.refused("/settings?carnet-form=password", &ada, &wrong).await;
    let error = r#"class="carnet-error">That is not your present password"#;
    assert!(back.contains(error), "{back}");
    let right = [("current_password", PASSWORD), ("new_password", NEW_PASSWORD)];
    let changed = own.send("/settings?carnet-form=password", &ada, &right).await.with_status(303);
    assert_eq!(changed.header("location"), "/settings?carnet-done=password-changed");
}

async fn devices_are_listed_and_ended(carnet: TestApp) {
    let own = OwnApp::start(carnet).await;
    let ada = cookie_of_ada(&own.carnet).await;
    let elsewhere = own.carnet.signed_in("ada").await;
    let page = own.get("/settings", &ada).await.with_status(200).text;
    for part in [r#"class="carnet-here""#, r#"class="carnet-end-others""#] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let answer = own.send("/settings?carnet-form=end-others", &ada, &[]).await.with_status(303);
    assert_eq!(answer.header("location"), "/settings?carnet-done=others-signed-out");
    assert!(own.carnet.soon_refuses(&elsewhere.access).await);
    let page = own.get("/settings", &ada).await.text;
    assert!(!page.contains("carnet-end-others"), "{page}");
    assert!(page.contains(r#"class="carnet-quiet">You are signed in nowhere else."#), "{page}");
}

async fn a_sign_out_ends_the_session_and_leads_on(carnet: TestApp) {
    let own = OwnApp::start(carnet).await;
    let ada = cookie_of_ada(&own.carnet).await;
    let fields = [("next", "/login")];
    let out = own.send("/settings?carnet-form=sign-out", &ada, &fields).await.with_status(303);
    assert_eq!(out.header("location"), "/login");
    assert!(out.cookies()[0].contains("Max-Age=0"), "{:?}", out.cookies());
    let refreshed = own.carnet.post_from_page("/api/auth/refresh", &ada, &json!({})).await;
    refreshed.with_status(401);
}

async fn a_form_about_an_account_of_nobody_leads_to_sign_in(carnet: TestApp) {
    let own = OwnApp::start(carnet).await;
    let fields = [("name", "Nobody")];
    let led = own.send("/settings?carnet-form=name", "", &fields).await.with_status(303);
    assert_eq!(led.header("location"), "/login?next=/settings");
}

async fn a_form_of_another_site_does_nothing(carnet: TestApp) {
    let own = OwnApp::start(carnet).await;
    let ada = cookie_of_ada(&own.carnet).await;
    let evil = "https://evil.example";
    for (form, fields) in [
        ("name", &[("name", "Mallory")][..]),
        ("sign-out", &[]),
        ("end-others", &[]),
        ("login", &[("login", "ada"), ("password", PASSWORD)]),
    ] {
        let path = format!("/settings?carnet-form={form}");
        let refused = own.send_from(evil, &path, &ada, fields).await.with_status(403);
        assert_eq!(refused.text, "This form came from another site, so nothing was done");
    }
    let page = own.get("/settings", &ada).await.with_status(200).text;
    assert!(!page.contains("Mallory"), "{page}");
}

async fn a_form_that_is_none_is_refused(carnet: TestApp) {
    let own = OwnApp::start(carnet).await;
    let ada = cookie_of_ada(&own.carnet).await;
    own.send("/settings?carnet-form=nothing", &ada, &[]).await.with_status(405);
    own.send("/settings", &ada, &[("form", "name")]).await.with_status(405);
    let twice = [("name", "a"), ("name", "b")];
    own.send("/settings?carnet-form=name", &ada, &twice).await.with_status(400);
    let request = own.carnet.client.post(format!("{}/settings?carnet-form=name", own.url));
    let request = request.header("origin", &own.carnet.url).header("cookie", &ada);
    let answer = Answer::read(request.json(&json!({"name": "a"})).send().await.unwrap()).await;
    answer.with_status(415);
    let long = "a".repeat(20_000);
    own.send("/settings?carnet-form=name", &ada, &[("name", &long)]).await.with_status(413);
}

async fn an_apps_page_speaks_the_language_that_the_browser_asks_for(carnet: TestApp) {
    let own = OwnApp::start(carnet).await;
    let request = own.carnet.client.get(format!("{}/login", own.url));
    let request = request.header("accept-language", "fr;q=0.9, de-AT");
    let page = Answer::read(request.send().await.unwrap()).await.text;
    assert!(page.contains("<span>Auf diesem Gerät angemeldet bleiben</span>"), "{page}");
    assert!(!page.contains("Keep me signed in"), "{page}");
}

async fn a_refused_form_below_a_nest_comes_back_to_its_page(carnet: TestApp) {
    let app = carnet.without_routes().await;
    let page = async |Extension(handover): Extension<Handover>| {
        handover.form.map_or("nothing".to_owned(), |outcome| format!("{:?}", outcome.form))
    };
    let nested = Router::new().route("/login", get(page)).layer(PageGuard::anyone(&app));
    let url = serve(Router::new().nest("/shop", nested)).await;
    let own = OwnApp { carnet, url };
    let path = "/shop/login?carnet-form=login";
    let back = own.refused(path, "", &[("login", "ada"), ("password", "not hers at all")]).await;
    assert_eq!(back, "Login");
}
