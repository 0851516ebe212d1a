use carnet_shared::{ChangePasswordRequest, PasswordPolicy};
use leptos::ev::SubmitEvent;
use leptos::html::Form;
use leptos::prelude::*;

use super::password_field::PasswordField;
use super::submit_button::SubmitButton;
use super::target::action;
use super::{Done, ErrorSummary, FormName, FormState};
use crate::notices::say;
use crate::page::use_page;
use crate::{Text, use_auth, use_just_done, use_texts};

/// Changes the password, which signs out every other device. [`Notices`](crate::Notices) says when it is
/// changed.
///
/// ```
/// use carnet_leptos::{ChangePasswordForm, Notices, RequireUser};
/// use leptos::prelude::*;
///
/// # #[component]
/// # fn Example() -> impl IntoView {
/// view! { <RequireUser><Notices /><ChangePasswordForm /></RequireUser> }
/// # }
/// ```
#[component]
pub fn ChangePasswordForm(
    /// Called once it is changed.
    #[prop(optional, into)]
    on_changed: Option<Callback<()>>,
) -> impl IntoView {
    let auth = use_auth();
    let texts = use_texts();
    let form = FormState::new(FormName::Password);
    let policy = use_page().passwords();
    let done = use_just_done();
    let inputs = NodeRef::<Form>::new();
    let change = move |event: SubmitEvent| {
        let Some(submitted) = form.begin(&event) else { return };
        let request = match ChangePasswordRequest::parse(submitted.fields, policy) {
            Ok(request) => request,
            Err(errors) => return form.fail(errors),
        };
        auth.spawn(async move |client| {
            let (current, new) = (request.current_password, request.new_password);
            match client.change_password(current, new).await {
                Ok(_) => {
                    // The page may have been left meanwhile.
                    let Some(Some(inputs)) = inputs.try_get_untracked() else { return };
                    inputs.reset();
                    form.finish();
                    say(done, Done::PasswordChanged);
                    if let Some(on_changed) = on_changed {
                        on_changed.run(());
                    }
                }
                Err(error) => form.fail(error),
            }
        });
    };
    view! {
        <form
            id="change-password"
            class="carnet-form"
            method="post"
            action=action(FormName::Password)
            novalidate=true
            node_ref=inputs
            on:submit=change
        >
            <ErrorSummary form />
            <input type="hidden" name="form" value=FormName::Password.slug() />
            {username_for_password_managers()}
            {fields(form, policy)}
            <SubmitButton form label=texts.get(Text::ChangePassword) doing=texts.get(Text::Changing) />
        </form>
    }
}

fn fields(form: FormState, policy: PasswordPolicy) -> impl IntoView {
    let texts = use_texts();
    view! {
        <PasswordField
            form
            name="current_password"
            label=texts.get(Text::CurrentPasswordLabel)
            autocomplete="current-password"
        />
        <PasswordField
            form
            name="new_password"
            label=texts.get(Text::NewPasswordLabel)
            hint=texts.count(Text::PasswordHint, policy.min_length as u64)
            autocomplete="new-password"
        />
    }
}

/// A password manager reads here whose password changes. The field has no name, so browsers do not
/// send it.
fn username_for_password_managers() -> impl IntoView {
    let user = use_auth().user();
    view! {
        <input
            class="carnet-unseen"
            type="text"
            autocomplete="username"
            value=move || user.get().map(|user| user.username)
            readonly=true
            tabindex="-1"
            aria-hidden="true"
        />
    }
}
