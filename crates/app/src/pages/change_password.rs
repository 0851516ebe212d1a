use carnet_shared::ChangePasswordRequest;
use carnet_shared::paths::pages;
use leptos::ev::SubmitEvent;
use leptos::html::{Details, Form};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::JustDone;
use crate::browser::focus_soon;
use crate::components::{ErrorSummary, PasswordField, SubmitButton};
use crate::form_state::FormState;
use crate::{Done, FormName, PageData, words};
use carnet_leptos::use_auth;

/// The form for a new password, folded away until it is wanted.
#[expect(clippy::too_many_lines, reason = "one form, from what it sends to how it looks")]
pub(super) fn change_password(page: &PageData) -> impl IntoView + use<> {
    let auth = use_auth();
    let form = FormState::new(FormName::Password, page);
    let policy = page.settings.passwords;
    let JustDone(done) = expect_context();
    let fold = NodeRef::<Details>::new();
    let inputs = NodeRef::<Form>::new();
    let change = move |event: SubmitEvent| {
        let Some(submitted) = form.begin(&event) else { return };
        let request = match ChangePasswordRequest::parse(submitted.fields, policy) {
            Ok(request) => request,
            Err(errors) => return form.fail(errors),
        };
        spawn_local(async move {
            let (current, new) = (request.current_password, request.new_password);
            match auth.client().change_password(current, new).await {
                Ok(_) => {
                    // The page may have been left meanwhile.
                    let (Some(Some(fold)), Some(Some(inputs))) =
                        (fold.try_get_untracked(), inputs.try_get_untracked())
                    else {
                        return;
                    };
                    inputs.reset();
                    fold.set_open(false);
                    form.finish();
                    done.set(Some(Done::PasswordChanged));
                    focus_soon("done");
                }
                Err(error) => form.fail(error),
            }
        });
    };
    view! {
        <details class="fold" node_ref=fold open=form.came_back()>
            <summary>"Change password"</summary>
            <form
                id="change-password"
                class="stack"
                method="post"
                action=auth.page(pages::PROFILE)
                novalidate=true
                node_ref=inputs
                on:submit=change
            >
                <ErrorSummary form />
                <input type="hidden" name="form" value=FormName::Password.slug() />
                {username_for_password_managers()}
                <PasswordField
                    form
                    name="current_password"
                    label="Present password"
                    autocomplete="current-password"
                />
                <PasswordField
                    form
                    name="new_password"
                    label="New password"
                    hint=words::password_rule(policy.min_length)
                    autocomplete="new-password"
                />
                <SubmitButton form label="Change password" doing="Changing…" />
            </form>
        </details>
    }
}

/// Without it a password manager cannot tell whose password is changed. It has no name, so that it
/// is not sent.
fn username_for_password_managers() -> impl IntoView {
    let user = use_auth().user();
    view! {
        <input
            class="unseen"
            type="text"
            autocomplete="username"
            value=move || user.get().map(|user| user.username)
            readonly=true
            tabindex="-1"
            aria-hidden="true"
        />
    }
}
