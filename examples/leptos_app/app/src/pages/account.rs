use carnet_leptos::{ChangePasswordForm, Devices, Notices, ProfileForm};
use leptos::prelude::*;

/// What people may change about their account, and where they are signed in.
#[component]
pub(crate) fn Account() -> impl IntoView {
    view! {
        <Notices />
        <h1>"Your account"</h1>
        <h2>"Name"</h2>
        <ProfileForm />
        <h2>"Password"</h2>
        <ChangePasswordForm />
        <h2>"Devices"</h2>
        <Devices />
    }
}
