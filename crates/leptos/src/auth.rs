use std::future::Future;

use carnet_client::{AuthClient, AuthError, AuthState};
use carnet_shared::{LoginRequest, User};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

use crate::guards::CameFrom;
use crate::page::LoadedPage;
use crate::{Done, Handover, sign_in_path};

/// Who is signed in, and the client that knows. Copy it wherever it is needed.
#[derive(Clone, Copy)]
pub struct Auth {
    state: Signal<AuthState>,
    user: Signal<Option<User>>,
    prefix: StoredValue<String>,
    registration_open: bool,
    has_own_sign_in: bool,
    came_from: CameFrom,
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

    /// What the operators keep about the account, as a type of yours. `None` while nobody is signed
    /// in, and where the attributes are not of that type.
    ///
    /// ```
    /// use carnet_leptos::use_auth;
    /// use leptos::prelude::*;
    ///
    /// #[derive(Clone, PartialEq, serde::Deserialize)]
    /// struct Employee {
    ///     department: String,
    /// }
    ///
    /// #[component]
    /// fn Department() -> impl IntoView {
    ///     let employee = use_auth().attributes::<Employee>();
    ///     move || employee.get().map(|employee| employee.department)
    /// }
    /// ```
    pub fn attributes<T>(self) -> Memo<Option<T>>
    where
        T: DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
    {
        let user = self.user;
        Memo::new(move |_| {
            let attributes = user.with(|user| user.as_ref().map(|user| user.attributes.clone()));
            serde_json::from_value(attributes?.into()).ok()
        })
    }

    /// The page to sign in on, with where to go afterwards: a path of this site, or nothing for the
    /// account's own page.
    pub fn sign_in_path(self, next: &str) -> String {
        self.prefix.with_value(|prefix| sign_in_path(prefix, next))
    }

    /// Where one of Carnet's pages is, such as `/profile`.
    pub fn page(self, path: &str) -> String {
        self.prefix.with_value(|prefix| [prefix, path].concat())
    }

    /// Whether people may make accounts themselves.
    pub fn registration_open(self) -> bool {
        self.registration_open
    }

    /// Whether the app's own router has the page to sign in on.
    pub(crate) fn has_own_sign_in(self) -> bool {
        self.has_own_sign_in
    }

    /// Where a guard has led away from.
    pub(crate) fn came_from(self) -> CameFrom {
        self.came_from
    }

    /// Signs in. All tabs follow.
    ///
    /// # Errors
    /// What the server refused, field by field, or what kept it from answering.
    pub async fn sign_in(self, request: LoginRequest) -> Result<User, AuthError> {
        self.client().login(request).await
    }

    /// Signs out, here and in all tabs, also without a connection.
    pub async fn sign_out(self) {
        self.client().logout().await;
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
    /// use carnet_leptos::use_auth;
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

/// Tells everything below who is signed in, from what the server knew when it made the page.
/// [`CarnetProvider`](crate::CarnetProvider) does this with what Carnet's layer has found out; call it
/// yourself where the page carries the [`Handover`] in a way of its own. It has to be the same on both
/// sides; in the browser the client starts once the page is hydrated.
pub fn provide_carnet(handover: Handover) {
    provide(handover, false);
}

pub(crate) fn provide(handover: Handover, has_own_sign_in: bool) {
    let page = LoadedPage::new(&handover);
    provide_context(page);
    provide_context(JustDone(RwSignal::new(handover.done)));
    let Handover { auth, settings, prefix, registration_open, texts, .. } = handover;
    provide_context(texts);
    let state = RwSignal::new(auth);
    let user = Signal::derive(move || state.with(|state| state.user().cloned()));
    provide_context(Auth {
        state: state.into(),
        user,
        prefix: StoredValue::new(prefix),
        registration_open,
        has_own_sign_in,
        came_from: CameFrom::nowhere(),
        #[cfg(target_arch = "wasm32")]
        client: in_browser::start(state, settings, page),
    });
    #[cfg(not(target_arch = "wasm32"))]
    drop(settings);
}

#[cfg(target_arch = "wasm32")]
pub(crate) use in_browser::client_of_this_page;

#[cfg(target_arch = "wasm32")]
mod in_browser {
    use std::cell::RefCell;

    use carnet_client::{AuthClient, AuthState, ClientSettings};
    use leptos::prelude::*;

    use crate::page::LoadedPage;

    thread_local! {
        /// Server functions are called without a context.
        static CLIENT: RefCell<Option<AuthClient>> = const { RefCell::new(None) };
    }

    /// The client of [`provide_carnet`](super::provide_carnet), once it was called.
    pub(crate) fn client_of_this_page() -> Option<AuthClient> {
        CLIENT.with(|client| client.borrow().clone())
    }

    pub(super) fn start(
        state: RwSignal<AuthState>,
        settings: ClientSettings,
        page: LoadedPage,
    ) -> StoredValue<AuthClient, LocalStorage> {
        let seed = state.get_untracked();
        let client = AuthClient::in_browser(settings);
        client.on_change(move |now| {
            let is_another = state.with_untracked(|last| {
                last.user().is_some_and(|last| now.user().is_none_or(|user| user.id != last.id))
            });
            if is_another {
                // What the page said of one person is not for the next.
                page.forget_person();
            }
            state.set(now.clone());
        });
        let starting = client.clone();
        // Effects run after hydration: until then the page must show what the server rendered.
        Effect::new(move |_| starting.start(seed.clone()));
        CLIENT.with(|place| place.replace(Some(client.clone())));
        StoredValue::new_local(client)
    }
}

/// What was just done and is still to be said: a form sets it, [`Notices`](crate::Notices) says it.
#[derive(Clone, Copy)]
struct JustDone(RwSignal<Option<Done>>);

/// What was just done with one of Carnet's forms, for an app that says it in its own way. Set it to `None`
/// once it was said.
///
/// # Panics
/// Outside of [`CarnetProvider`](crate::CarnetProvider).
#[track_caller]
pub fn use_just_done() -> RwSignal<Option<Done>> {
    let JustDone(done) = use_context().expect(
        "use_just_done() was called outside of <CarnetProvider>: put <CarnetProvider> around the app's root",
    );
    done
}

/// Who is signed in, and the client that knows.
///
/// # Panics
/// Outside of [`CarnetProvider`](crate::CarnetProvider).
#[track_caller]
pub fn use_auth() -> Auth {
    use_context().expect(
        "use_auth() was called outside of <CarnetProvider>: put <CarnetProvider> around the app's root",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "put <CarnetProvider> around the app's root")]
    fn asking_outside_of_the_provider_names_the_fix() {
        Owner::new().with(use_auth);
    }
}
