use carnet_leptos::{CarnetProvider, CarnetStyle, RoleRoute, UserRoute};
use leptos::prelude::*;
use leptos_meta::{Link, Stylesheet, Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::header::Header;
use crate::pages::{Account, Admin, NotFound, SignIn, SignUp, Start, Todos};

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Stylesheet id="leptos" href="/pkg/todos.css" />
        <Link rel="icon" href="/favicon.svg" />
        <Title text="Todos" />
        <CarnetProvider own_sign_in=true>
            <CarnetStyle />
            <Router>
                <Header />
                <main>
                    <Routes fallback=NotFound>
                        <Route path=path!("/") view=Start />
                        <Route path=path!("/login") view=SignIn />
                        <Route path=path!("/register") view=SignUp />
                        // Sent in one piece: what streams in later needs script to be shown.
                        <UserRoute path=path!("/todos") view=Todos ssr=SsrMode::Async />
                        <UserRoute path=path!("/account") view=Account />
                        <RoleRoute
                            path=path!("/admin")
                            role="admin"
                            view=Admin
                            otherwise=|| "This page is for administrators."
                            ssr=SsrMode::Async
                        />
                    </Routes>
                </main>
            </Router>
        </CarnetProvider>
    }
}
