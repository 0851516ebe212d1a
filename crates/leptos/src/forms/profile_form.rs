use carnet_shared::UpdateProfileRequest;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::submit_button::SubmitButton;
use super::target::action;
use super::text_field::TextField;
use super::{Done, ErrorSummary, FormName, FormState};
use crate::notices::say;
use crate::{Text, use_auth, use_just_done, use_texts};

/// Changes what is known about a person: their name. [`Notices`](crate::Notices) says when it is saved.
///
/// ```
/// use carnet_leptos::{Notices, ProfileForm, RequireUser};
/// use leptos::prelude::*;
///
/// # #[component]
/// # fn Example() -> impl IntoView {
/// view! { <RequireUser><Notices /><ProfileForm /></RequireUser> }
/// # }
/// ```
#[component]
pub fn ProfileForm(
    /// Called once it is saved.
    #[prop(optional, into)]
    on_saved: Option<Callback<()>>,
) -> impl IntoView {
    let auth = use_auth();
    let texts = use_texts();
    let form = FormState::new(FormName::Name);
    let done = use_just_done();
    let name = match (form.came_back(), auth.user().get_untracked()) {
        (false, Some(user)) => user.name,
        _ => form.typed("name"),
    };
    let save = move |event: SubmitEvent| {
        let Some(submitted) = form.begin(&event) else { return };
        let request = match UpdateProfileRequest::parse(submitted.fields) {
            Ok(request) => request,
            Err(errors) => return form.fail(errors),
        };
        auth.spawn(async move |client| match client.update_profile(request.name).await {
            // The page may have been left meanwhile.
            Ok(_) if form.is_gone() => {}
            Ok(_) => {
                form.finish();
                say(done, Done::NameSaved);
                if let Some(on_saved) = on_saved {
                    on_saved.run(());
                }
            }
            Err(error) => form.fail(error),
        });
    };
    view! {
        <form class="carnet-form" method="post" action=action(FormName::Name) novalidate=true on:submit=save>
            <ErrorSummary form />
            <input type="hidden" name="form" value=FormName::Name.slug() />
            <TextField
                form
                name="name"
                label=texts.get(Text::NameLabel)
                hint=texts.get(Text::NameHint)
                autocomplete="name"
                value=name
                required=false
                verbatim=false
            />
            <SubmitButton form label=texts.get(Text::SaveName) doing=texts.get(Text::Saving) />
        </form>
    }
}
