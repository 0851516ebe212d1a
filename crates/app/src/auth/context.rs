use std::future::Future;

use carnet_client::{AuthClient, AuthState, ClientSettings};
use carnet_shared::User;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Who is signed in, and the client that knows. Copy it wherever it is needed.
#[derive(Clone, Copy)]
pub struct Auth {
    state: Signal<AuthState>,
    user: Signal<Option<User>>,
    // A browser's client stays on its thread, and this is the one place that holds it.
    #[cfg(target_arch = "wasm32")]
    client: StoredValue<AuthClient, LocalStorage>,
}

impl Auth {
    /// Who is signed in, now and from now on.
    pub fn state(self) -> Signal<AuthState> {
        self.state
    }

    /// The account that is signed in, if one is.
    pub fn user(self) -> Signal<Option<User>> {
        self.user
    }

    /// The client, for calls in the name of whoever is signed in. On the server nobody calls
    /// anything: every call of this one says that it is offline.
    #[cfg(target_arch = "wasm32")]
    pub fn client(self) -> AuthClient {
        self.client.get_value()
    }

    /// The client, for calls in the name of whoever is signed in. On the server nobody calls
    /// anything: every call of this one says that it is offline.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn client(self) -> AuthClient {
        AuthClient::nowhere()
    }

    /// Runs what a button or a form does with the client, in the browser; its future need not be
    /// `Send`. On the server nothing is run.
    ///
    /// ```
    /// use carnet_app::auth::use_auth;
    /// use leptos::prelude::*;
    ///
    /// #[component]
    /// fn Leave() -> impl IntoView {
    ///     let auth = use_auth();
    ///     let leave = move |_| auth.spawn(|client| async move { client.logout().await });
    ///     view! { <button on:click=leave>"Sign out"</button> }
    /// }
    /// ```
    pub fn spawn<F: Future<Output = ()> + 'static>(self, work: impl FnOnce(AuthClient) -> F) {
        if cfg!(target_arch = "wasm32") {
            spawn_local(work(self.client()));
        }
    }
}

/// Provides the auth context to everything below. `seed` is what the server knew when it made the
/// page, the same on both sides; in the browser the client starts once the page is hydrated.
pub fn provide_auth(seed: AuthState, settings: ClientSettings) {
    let state = RwSignal::new(seed);
    let user = Memo::new(move |_| state.with(|state| state.user().cloned()));
    provide_context(Auth {
        state: state.into(),
        user: user.into(),
        #[cfg(target_arch = "wasm32")]
        client: in_browser(state, settings),
    });
    #[cfg(not(target_arch = "wasm32"))]
    drop(settings);
}

#[cfg(target_arch = "wasm32")]
fn in_browser(
    state: RwSignal<AuthState>,
    settings: ClientSettings,
) -> StoredValue<AuthClient, LocalStorage> {
    let seed = state.get_untracked();
    let client = AuthClient::in_browser(settings);
    client.on_change(move |now| state.set(now.clone()));
    let starting = client.clone();
    // Effects run after hydration: until then the page must show what the server rendered.
    Effect::new(move |_| starting.start(seed.clone()));
    StoredValue::new_local(client)
}

/// The auth context.
///
/// # Panics
/// Where [`provide_auth`] was not called above.
pub fn use_auth() -> Auth {
    expect_context()
}
