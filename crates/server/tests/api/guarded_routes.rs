//! The routes of a Leptos app that its own router guards.

use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Extension, Router};
use carnet_leptos::server::listed_paths;
use carnet_leptos::{Handover, RoleRoute, UserRoute};
use carnet_server::{App, PageGuard, api_router};
use carnet_shared::User;
use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router as Leptos};
use leptos_router::path;
use serde_json::json;

use crate::support::{Answer, TestApp, cookie_of_ada, leptos_pages, look, on_both, serve};

on_both![
    every_route_that_the_view_guards_is_guarded_before_it_is_rendered,
    a_guarded_route_lets_through_whom_the_view_would,
    an_app_without_carnets_pages_refuses_by_a_page_of_its_own,
    an_app_without_carnets_pages_changes_nothing_for_who_is_refused,
    a_guard_below_the_layer_of_the_app_leaves_the_apps_forms_alone,
    no_cache_keeps_a_page_of_an_app,
];

/// A page that waits for its data.
#[component]
fn Todo() -> impl IntoView {
    let todo = Resource::new(
        || (),
        |()| async {
            tokio::task::yield_now().await;
            "A todo".to_owned()
        },
    );
    view! { <Suspense fallback=|| "One moment">{move || todo.get()}</Suspense> }
}

#[component]
fn Pages() -> impl IntoView {
    view! {
        <Leptos>
            <FlatRoutes fallback=|| "Not found.">
                <Route path=path!("/") view=|| "The start" />
                <UserRoute path=path!("/todos/:id") view=Todo />
                <RoleRoute
                    path=path!("/ledger")
                    role="bookkeeper"
                    view=|| "The ledger"
                    otherwise=|| "For bookkeepers."
                    waiting=|| "Who is there?"
                />
            </FlatRoutes>
        </Leptos>
    }
}

/// An ordinary Leptos app with Carnet inside.
async fn leptos_app(carnet: &TestApp) -> String {
    leptos_app_of(carnet, carnet.app()).await
}

async fn leptos_app_of(carnet: &TestApp, guarding: &Arc<App>) -> String {
    let own = leptos_pages(Pages).layer(PageGuard::app(guarding, Pages));
    let app = carnet.without_routes().await;
    serve(own.merge(api_router(&app))).await
}

async fn every_route_that_the_view_guards_is_guarded_before_it_is_rendered(carnet: TestApp) {
    let url = leptos_app(&carnet).await;
    let mut guarded = listed_paths(Pages);
    guarded.retain(|listed| listed.requirement.is_some());
    assert_eq!(guarded.len(), 2);
    for listed in guarded {
        let path = listed.path.replace("{id}", "7");
        let answer = look(&carnet, &format!("{url}{path}"), "").await.with_status(303);
        assert_eq!(answer.header("location"), format!("/login?next={path}"));
        assert_eq!(answer.text, "");
    }
    let start = look(&carnet, &url, "").await.with_status(200);
    assert!(start.text.contains("The start"), "{}", start.text);
}

async fn a_guarded_route_lets_through_whom_the_view_would(carnet: TestApp) {
    let cookie = cookie_of_ada(&carnet).await;
    let url = leptos_app(&carnet).await;
    let todo = look(&carnet, &format!("{url}/todos/7"), &cookie).await.with_status(200);
    assert!(todo.text.contains("A todo"), "{}", todo.text);
    let refused = look(&carnet, &format!("{url}/ledger"), &cookie).await.with_status(403);
    assert!(refused.text.contains("Not for this account"), "{}", refused.text);
    assert!(!refused.text.contains("The ledger"));

    let row = carnet.store().user_by_login("ada").await.unwrap().unwrap();
    let ada = User { roles: vec!["bookkeeper".to_owned()], ..row.user().unwrap() };
    carnet.store().update_user(&ada).await.unwrap();
    let ledger = look(&carnet, &format!("{url}/ledger"), &cookie).await.with_status(200);
    assert!(ledger.text.contains("The ledger"), "{}", ledger.text);
}

async fn an_app_without_carnets_pages_refuses_by_a_page_of_its_own(carnet: TestApp) {
    let cookie = cookie_of_ada(&carnet).await;
    let app = carnet.without_routes().await;
    let url = leptos_app_of(&carnet, &app).await;
    let refused = look(&carnet, &format!("{url}/ledger"), &cookie).await.with_status(403);
    assert!(refused.text.contains("For bookkeepers."), "{}", refused.text);
    assert!(!refused.text.contains("The ledger") && !refused.text.contains("/profile"));

    carnet.post_from_page("/api/auth/logout", &cookie, &json!({})).await.with_status(204);
    let waiting = look(&carnet, &format!("{url}/ledger"), &cookie).await.with_status(200);
    assert!(waiting.text.contains("Who is there?"), "{}", waiting.text);
    let link = r#"<noscript><a href="/login">Sign in</a></noscript>"#;
    assert!(waiting.text.contains(link), "{}", waiting.text);
    assert!(!waiting.text.contains("The ledger") && !waiting.text.contains("ada"));
}

async fn an_app_without_carnets_pages_changes_nothing_for_who_is_refused(carnet: TestApp) {
    let cookie = cookie_of_ada(&carnet).await;
    let app = carnet.without_routes().await;
    let changed = Router::new().route("/ledger", post(async || "changed"));
    let url = serve(changed.layer(PageGuard::app(&app, Pages)).merge(api_router(&app))).await;
    // The page that finds out who is there takes no part in what the request wants.
    let junk = format!("{}=junk", cookie.split('=').next().unwrap());
    for (cookie, status) in [(&cookie, 403), (&String::new(), 303), (&junk, 200)] {
        let request = carnet.client.post(format!("{url}/ledger")).header("origin", &carnet.url);
        let answer = Answer::read(request.header("cookie", cookie).send().await.unwrap()).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_ne!(answer.text, "changed");
    }
}

async fn a_guard_below_the_layer_of_the_app_leaves_the_apps_forms_alone(carnet: TestApp) {
    let cookie = cookie_of_ada(&carnet).await;
    let app = carnet.without_routes().await;
    let page = async |Extension(handover): Extension<Handover>| format!("{}", handover.forms_here);
    let account = Router::new().route("/account", get(page)).route_layer(PageGuard::user(&app));
    let url = serve(account.layer(PageGuard::anyone(&app)).merge(api_router(&app))).await;
    let page = look(&carnet, &format!("{url}/account"), &cookie).await.with_status(200);
    assert_eq!(page.text, "true");
}

async fn no_cache_keeps_a_page_of_an_app(carnet: TestApp) {
    let cookie = cookie_of_ada(&carnet).await;
    let url = leptos_app(&carnet).await;
    for path in ["/", "/todos/7"] {
        let page = look(&carnet, &format!("{url}{path}"), &cookie).await.with_status(200);
        assert_eq!(page.header("cache-control"), "no-store");
    }
}
