use carnet_shared::paths::pages;

use super::FormName;
use crate::page::use_page;
use crate::use_auth;

/// The name in the query that tells `carnet_server::PageGuard` which form is sent to a page.
pub const FORM_IN_QUERY: &str = "carnet-form";

/// Where a form is sent without script: to the page that shows it, where Carnet's layer takes it, or to
/// Carnet's own page for it.
pub(crate) fn action(form: FormName) -> String {
    if use_page().forms_here() {
        return ["?", FORM_IN_QUERY, "=", form.slug()].concat();
    }
    use_auth().page(match form {
        FormName::Register => pages::REGISTER,
        FormName::Login => pages::LOGIN,
        FormName::Name | FormName::Password => pages::PROFILE,
        FormName::EndSession | FormName::EndOthers => pages::SESSIONS,
        FormName::SignOut => pages::LOGOUT,
    })
}
