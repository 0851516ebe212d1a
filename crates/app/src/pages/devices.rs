use std::future::Future;

use carnet_client::AuthError;
use carnet_shared::SessionView;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::SubmitEvent;

use crate::app::{JustDone, use_page};
use crate::browser::focus_soon;
use crate::form_state::FormState;
use crate::{Done, FormName, Trouble};
use carnet_leptos::{Auth, use_auth};

/// The devices of the account and what is done to them. All forms of the page share it, since they
/// change one list.
#[derive(Clone, Copy)]
pub(super) struct Devices {
    /// `None` until they are known.
    pub(super) list: RwSignal<Option<Vec<SessionView>>>,
    /// Whether something is under way, and what went wrong.
    pub(super) form: FormState,
    auth: Auth,
    done: RwSignal<Option<Done>>,
}

impl Devices {
    /// Starts from the list in the page, if it is that of whoever is here now; else asks for it.
    pub(super) fn new() -> Self {
        let page = use_page();
        let auth = use_auth();
        let is_theirs = auth
            .user()
            .get_untracked()
            .is_some_and(|user| Some(user.id.as_str()) == page.user_id());
        let JustDone(done) = expect_context();
        let came_back = page.form.as_ref().map(|outcome| outcome.form);
        let devices = Self {
            list: RwSignal::new(page.sessions.clone().filter(|_| is_theirs)),
            form: FormState::new(came_back.unwrap_or(FormName::EndSession), &page),
            auth,
            done,
        };
        Effect::new(move |_| {
            if devices.list.with_untracked(Option::is_none) {
                spawn_local(async move {
                    if let Err(error) = devices.look_again().await {
                        devices.form.fail(Trouble::while_reading(error));
                    }
                });
            }
        });
        devices
    }

    /// Signs out one device.
    pub(super) fn end(self, event: &SubmitEvent, id: String) {
        let auth = self.auth;
        self.run(event, Done::DeviceSignedOut, async move {
            auth.client().end_session(&id).await.map(drop)
        });
    }

    /// Signs out all devices but this one.
    pub(super) fn end_others(self, event: &SubmitEvent) {
        let auth = self.auth;
        self.run(event, Done::OthersSignedOut, async move {
            auth.client().end_other_sessions().await.map(drop)
        });
    }

    fn run(
        self,
        event: &SubmitEvent,
        what: Done,
        work: impl Future<Output = Result<(), AuthError>> + 'static,
    ) {
        if self.form.begin(event).is_none() {
            return;
        }
        spawn_local(async move {
            let worked = work.await;
            // Also after a failure: another device may have done the same meanwhile.
            let looked = self.look_again().await;
            if self.list.is_disposed() {
                // The page was left meanwhile.
                return;
            }
            if let Err(error) = worked {
                return self.form.fail(error);
            }
            self.done.set(Some(what));
            match looked {
                Ok(()) => {
                    self.form.finish();
                    focus_soon("done");
                }
                Err(error) => self.form.fail(Trouble::while_reading(error)),
            }
        });
    }

    async fn look_again(self) -> Result<(), AuthError> {
        let answer = self.auth.client().sessions().await?;
        self.list.set(Some(answer.sessions));
        Ok(())
    }
}
