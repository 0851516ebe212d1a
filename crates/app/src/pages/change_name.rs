use carnet_shared::UpdateProfileRequest;
use carnet_shared::paths::pages;
use leptos::ev::SubmitEvent;
use leptos::html::Details;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::JustDone;
use crate::browser::focus_soon;
use crate::components::{ErrorSummary, SubmitButton, TextField};
use crate::form_state::FormState;
use crate::{Done, FormName, PageData};
use carnet_leptos::use_auth;

/// The form for the name, folded away until it is wanted.
pub(super) fn change_name(page: &PageData) -> impl IntoView + use<> {
    let auth = use_auth();
    let form = FormState::new(FormName::Name, page);
    let JustDone(done) = expect_context();
    let fold = NodeRef::<Details>::new();
    let came_back = form.came_back();
    let name = match (came_back, auth.user().get_untracked()) {
        (false, Some(user)) => user.name,
        _ => page.typed(FormName::Name, "name"),
    };
    let save = move |event: SubmitEvent| {
        let Some(submitted) = form.begin(&event) else { return };
        let request = match UpdateProfileRequest::parse(submitted.fields) {
            Ok(request) => request,
            Err(errors) => return form.fail(errors),
        };
        spawn_local(async move {
            match auth.client().update_profile(request.name).await {
                Ok(_) => {
                    // The page may have been left meanwhile.
                    let Some(Some(fold)) = fold.try_get_untracked() else { return };
                    fold.set_open(false);
                    form.finish();
                    done.set(Some(Done::NameSaved));
                    focus_soon("done");
                }
                Err(error) => form.fail(error),
            }
        });
    };
    view! {
        <details class="fold" node_ref=fold open=came_back>
            <summary>"Edit name"</summary>
            <form class="stack" method="post" action=auth.page(pages::PROFILE) novalidate=true on:submit=save>
                <ErrorSummary form />
                <input type="hidden" name="form" value=FormName::Name.slug() />
                <TextField
                    form
                    name="name"
                    label="Name"
                    hint="What to call you. Leave it empty to go by your username."
                    autocomplete="name"
                    value=name
                    required=false
                    verbatim=false
                />
                <SubmitButton form label="Save name" doing="Saving…" />
            </form>
        </details>
    }
}
