use std::future::Future;

use carnet_client::{AuthClient, AuthError};
use carnet_shared::SessionView;
use leptos::prelude::*;
use web_sys::SubmitEvent;

use crate::forms::{Done, FormName, FormState, Trouble};
use crate::notices::say;
use crate::page::use_page;
use crate::{Auth, use_auth, use_just_done};

/// The devices of the account and what is done to them. All forms share it, since they change one list.
#[derive(Clone, Copy)]
pub(super) struct DevicesState {
    /// `None` until they are known.
    pub(super) list: RwSignal<Option<Vec<SessionView>>>,
    /// Whether something is under way, and what went wrong.
    pub(super) form: FormState,
    auth: Auth,
    done: RwSignal<Option<Done>>,
}

impl DevicesState {
    /// Starts from the list that came with the page; else asks for it.
    pub(super) fn new() -> Self {
        let auth = use_auth();
        let came_with_page = use_page().sessions();
        let devices = Self {
            list: RwSignal::new(came_with_page),
            form: FormState::shared(&[FormName::EndSession, FormName::EndOthers]),
            auth,
            done: use_just_done(),
        };
        Effect::new(move |_| {
            if devices.list.with_untracked(Option::is_none) {
                auth.spawn(async move |client| {
                    if let Err(error) = devices.look_again(&client).await {
                        devices.form.fail(Trouble::while_reading(error));
                    }
                });
            }
        });
        devices
    }

    /// Signs out one device.
    pub(super) fn end(self, event: &SubmitEvent, id: String) {
        self.run(event, Done::DeviceSignedOut, async move |client| {
            client.end_session(&id).await.map(drop)
        });
    }

    /// Signs out all devices but this one.
    pub(super) fn end_others(self, event: &SubmitEvent) {
        self.run(event, Done::OthersSignedOut, async |client| {
            client.end_other_sessions().await.map(drop)
        });
    }

    fn run<F>(self, event: &SubmitEvent, what: Done, work: impl FnOnce(AuthClient) -> F + 'static)
    where
        F: Future<Output = Result<(), AuthError>> + 'static,
    {
        if self.form.begin(event).is_none() {
            return;
        }
        self.auth.spawn(async move |client| {
            let worked = work(client.clone()).await;
            // Also after a failure: another device may have done the same meanwhile.
            let looked = self.look_again(&client).await;
            if self.list.is_disposed() {
                // The page was left meanwhile.
                return;
            }
            if let Err(error) = worked {
                return self.form.fail(error);
            }
            match looked {
                Ok(()) => {
                    self.form.finish();
                    say(self.done, what);
                }
                Err(error) => {
                    self.done.set(Some(what));
                    self.form.fail(Trouble::while_reading(error));
                }
            }
        });
    }

    async fn look_again(self, client: &AuthClient) -> Result<(), AuthError> {
        let answer = client.sessions().await?;
        self.list.set(Some(answer.sessions));
        Ok(())
    }
}
