use carnet_shared::FieldError;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement, HtmlInputElement, SubmitEvent};

use crate::browser::focus_soon;
use crate::page_data::PageData;
use crate::{FormName, Submitted, Trouble, words};

/// One form on the page: whether it is busy, and why its last try was not accepted. What is typed
/// stays in the inputs, where the browser keeps it; it is read once, when the form is sent.
#[derive(Clone, Copy)]
pub(crate) struct FormState {
    /// Which form.
    pub(crate) name: FormName,
    trouble: RwSignal<Option<Trouble>>,
    busy: RwSignal<bool>,
    /// How long the new password is, so that its message can count along.
    typed: RwSignal<usize>,
    needed: usize,
}

impl FormState {
    /// Starts from what the server knows about the form.
    pub(crate) fn new(name: FormName, page: &PageData) -> Self {
        let outcome = page.form.as_ref().filter(|outcome| outcome.form == name);
        Self {
            name,
            trouble: RwSignal::new(outcome.map(|outcome| outcome.trouble.clone())),
            busy: RwSignal::new(false),
            typed: RwSignal::new(0),
            needed: page.settings.passwords.min_length,
        }
    }

    /// Takes the form over from the browser: reads it and marks it busy. `None` when it is busy
    /// already.
    pub(crate) fn begin(self, event: &SubmitEvent) -> Option<Submitted> {
        event.prevent_default();
        if self.busy.get_untracked() {
            return None;
        }
        let form = event.target()?.dyn_into::<HtmlFormElement>().ok()?;
        let data = FormData::new_with_form(&form).ok()?;
        let pairs = self.name.fields().iter().filter_map(|name| {
            let value = data.get(name).as_string()?;
            Some(((*name).to_owned(), value))
        });
        if let Some(password) = self.password_field().and_then(|it| data.get(it).as_string()) {
            self.typed.set(password.chars().count());
        }
        // Each field is asked for once, so none can come twice.
        let submitted = Submitted::read(self.name, pairs).ok()?;
        self.busy.set(true);
        Some(submitted)
    }

    /// Ends the try with what stood in its way, which takes the focus.
    pub(crate) fn fail(self, trouble: impl Into<Trouble>) {
        self.trouble.set(Some(trouble.into()));
        self.busy.set(false);
        focus_soon(self.summary_id());
    }

    /// Ends the try: nothing stands in the way.
    pub(crate) fn finish(self) {
        self.trouble.set(None);
        self.busy.set(false);
    }

    /// Whether it is being sent.
    pub(crate) fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// Why the last try was not accepted.
    pub(crate) fn trouble(self) -> Option<Trouble> {
        self.trouble.get()
    }

    /// Whether the server sent the form back. Untracked: whoever builds the form must not build it
    /// anew, and lose what is in it, when a later try fails.
    pub(crate) fn came_back(self) -> bool {
        self.trouble.with_untracked(Option::is_some)
    }

    /// What to say about a field, if it was refused.
    pub(crate) fn error(self, field: &str) -> Option<String> {
        self.trouble.with(|trouble| {
            let error = trouble.as_ref()?.of_field(field)?;
            Some(words::field(self.name, error, self.typed.get(), self.needed))
        })
    }

    /// What to say about a refused field, in the words of the last try.
    pub(crate) fn words(self, error: &FieldError) -> String {
        words::field(self.name, error, 0, self.needed)
    }

    /// Whether a field was refused.
    pub(crate) fn is_refused(self, field: &str) -> bool {
        self.trouble.with(|trouble| trouble.as_ref().is_some_and(|t| t.of_field(field).is_some()))
    }

    /// Counts along while a new password is typed.
    pub(crate) fn count(self, event: &web_sys::Event) {
        if let Some(input) = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok()) {
            self.typed.set(input.value().chars().count());
        }
    }

    /// The field whose characters are counted.
    fn password_field(self) -> Option<&'static str> {
        match self.name {
            FormName::Register => Some("password"),
            FormName::Password => Some("new_password"),
            FormName::Login | FormName::Name | FormName::EndSession | FormName::EndOthers => None,
        }
    }

    /// The `id` of its summary of errors.
    pub(crate) fn summary_id(self) -> &'static str {
        match self.name {
            FormName::Register => "register-summary",
            FormName::Login => "login-summary",
            FormName::Name => "name-summary",
            FormName::Password => "password-summary",
            FormName::EndSession | FormName::EndOthers => "devices-summary",
        }
    }
}
