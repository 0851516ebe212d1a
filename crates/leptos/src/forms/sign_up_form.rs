#![expect(clippy::needless_pass_by_value, reason = "a component takes its properties by value")]

use carnet_shared::{PasswordPolicy, RegisterRequest};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::after::go_on;
use super::password_field::PasswordField;
use super::remember_box::RememberBox;
use super::submit_button::SubmitButton;
use super::target::action;
use super::text_field::TextField;
use super::{ErrorSummary, FormName, FormState};
use crate::page::use_page;
use crate::{Text, use_auth, use_texts};

/// Makes an account and signs in. Show it only where
/// [`registration_open`](crate::Auth::registration_open) says that people may; else every try is refused.
///
/// ```
/// use carnet_leptos::{SignUpForm, use_auth};
/// use leptos::prelude::*;
///
/// #[component]
/// fn SignUpPage() -> impl IntoView {
///     let is_open = use_auth().registration_open();
///     view! {
///         <h1>"Create an account"</h1>
///         {is_open.then(|| view! { <SignUpForm to="/welcome" /> })}
///     }
/// }
/// ```
#[component]
pub fn SignUpForm(
    /// Where to go afterwards, unless the address says `?next=…`: a path of this site. By default Carnet's
    /// profile page.
    #[prop(optional, into)]
    to: Option<String>,
    /// Called once somebody is signed in, instead of going anywhere.
    #[prop(optional, into)]
    on_signed_in: Option<Callback<()>>,
    /// The label of the button.
    #[prop(optional, into)]
    button_label: Option<String>,
    /// What stands between the fields and the button.
    #[prop(optional, into)]
    extra: ViewFn,
    /// What stands below the button.
    #[prop(optional, into)]
    footer: ViewFn,
) -> impl IntoView {
    let auth = use_auth();
    let texts = use_texts();
    let page = use_page();
    let form = FormState::new(FormName::Register);
    let policy = page.passwords();
    let create = move |event: SubmitEvent| {
        let Some(submitted) = form.begin(&event) else { return };
        let request = match RegisterRequest::parse(submitted.fields, policy) {
            Ok(request) => request,
            Err(errors) => return form.fail(errors),
        };
        auth.spawn(async move |client| match client.register(request).await {
            // Still busy until the page is gone.
            Ok(_) => go_on(auth, submitted.next, on_signed_in),
            Err(error) => form.fail(error),
        });
    };
    view! {
        <form class="carnet-form" method="post" action=action(FormName::Register) novalidate=true on:submit=create>
            <ErrorSummary form />
            <input type="hidden" name="next" value=page.next().or(to) />
            {fields(form, policy)}
            <RememberBox checked=form.remember() />
            {extra.run()}
            <SubmitButton
                form
                label=button_label.unwrap_or_else(|| texts.get(Text::CreateAccount).to_owned())
                doing=texts.get(Text::CreatingAccount)
            />
            {footer.run()}
        </form>
    }
}

fn fields(form: FormState, policy: PasswordPolicy) -> impl IntoView {
    let texts = use_texts();
    view! {
        <TextField
            form
            name="email"
            label=texts.get(Text::EmailLabel)
            kind="email"
            autocomplete="email"
            value=form.typed("email")
        />
        <TextField
            form
            name="username"
            label=texts.get(Text::UsernameLabel)
            hint=texts.get(Text::UsernameHint)
            autocomplete="username"
            value=form.typed("username")
        />
        <PasswordField
            form
            name="password"
            label=texts.get(Text::PasswordLabel)
            hint=texts.count(Text::PasswordHint, policy.min_length as u64)
            autocomplete="new-password"
        />
    }
}
