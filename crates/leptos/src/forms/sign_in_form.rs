#![expect(clippy::needless_pass_by_value, reason = "a component takes its properties by value")]

use carnet_shared::LoginRequest;
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

/// Signs in, with username or e-mail address and password.
///
/// ```
/// use carnet_leptos::SignInForm;
/// use leptos::prelude::*;
///
/// #[component]
/// fn SignInPage() -> impl IntoView {
///     view! {
///         <h1>"Sign in"</h1>
///         <SignInForm to="/todos" footer=|| view! { <a href="/help">"I need help"</a> } />
///     }
/// }
/// ```
#[component]
pub fn SignInForm(
    /// Where to go afterwards, unless the address says `?next=…`: a path of this site. By default Carnet's
    /// profile page.
    #[prop(optional, into)]
    to: Option<String>,
    /// Called once somebody is signed in, instead of going anywhere.
    #[prop(optional, into)]
    on_signed_in: Option<Callback<()>>,
    /// The label of the first field.
    #[prop(optional, into)]
    login_label: Option<String>,
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
    let form = FormState::new(FormName::Login);
    let next = use_page().next().or(to);
    let sign_in = move |event: SubmitEvent| {
        let Some(submitted) = form.begin(&event) else { return };
        let request = match LoginRequest::parse(submitted.fields) {
            Ok(request) => request,
            Err(errors) => return form.fail(errors),
        };
        auth.spawn(async move |client| match client.login(request).await {
            // Still busy until the page is gone.
            Ok(_) => go_on(auth, submitted.next, on_signed_in),
            Err(error) => form.fail(error),
        });
    };
    view! {
        <form class="carnet-form" method="post" action=action(FormName::Login) novalidate=true on:submit=sign_in>
            <ErrorSummary form />
            <input type="hidden" name="next" value=next />
            <TextField
                form
                name="login"
                label=login_label.unwrap_or_else(|| texts.get(Text::LoginLabel).to_owned())
                autocomplete="username"
                value=form.typed("login")
            />
            <PasswordField
                form
                name="password"
                label=texts.get(Text::PasswordLabel)
                autocomplete="current-password"
            />
            <RememberBox checked=form.remember() />
            {extra.run()}
            <SubmitButton
                form
                label=button_label.unwrap_or_else(|| texts.get(Text::SignIn).to_owned())
                doing=texts.get(Text::SigningIn)
            />
            {footer.run()}
        </form>
    }
}
