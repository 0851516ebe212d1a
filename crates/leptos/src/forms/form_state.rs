use carnet_shared::FieldError;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement, HtmlInputElement, SubmitEvent};

use super::messages::{self, Lengths};
use super::{Done, FormName, FormOutcome, Submitted, Trouble};
use crate::browser::focus_soon;
use crate::page::use_page;
use crate::{Texts, use_just_done, use_texts};

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
    came_back: StoredValue<Option<FormOutcome>>,
    done: RwSignal<Option<Done>>,
    texts: Texts,
}

impl FormState {
    /// Starts from what the server knows about the form.
    pub(crate) fn new(name: FormName) -> Self {
        let page = use_page();
        let outcome = page.outcome_of(&[name]);
        Self::from(name, outcome)
    }

    /// One state for several forms that change the same list.
    pub(crate) fn shared(names: &[FormName; 2]) -> Self {
        let outcome = use_page().outcome_of(names);
        let name = outcome.as_ref().map_or(names[0], |outcome| outcome.form);
        Self::from(name, outcome)
    }

    fn from(name: FormName, outcome: Option<FormOutcome>) -> Self {
        Self {
            name,
            trouble: RwSignal::new(outcome.as_ref().map(|outcome| outcome.trouble.clone())),
            busy: RwSignal::new(false),
            typed: RwSignal::new(0),
            needed: use_page().passwords().min_length,
            came_back: StoredValue::new(outcome),
            done: use_just_done(),
            texts: use_texts(),
        }
    }

    /// What was typed into a field of a form that came back, else nothing.
    pub(crate) fn typed(self, field: &str) -> String {
        self.came_back.with_value(|outcome| {
            outcome.as_ref().map_or_else(String::new, |outcome| outcome.typed(field).to_owned())
        })
    }

    /// Whether the box "keep me signed in" is ticked: yes, unless the form came back without.
    pub(crate) fn remember(self) -> bool {
        self.came_back.with_value(|outcome| {
            outcome.as_ref().is_none_or(|outcome| !outcome.typed("remember").is_empty())
        })
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
        // What was done before is over.
        self.done.set(None);
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

    /// Whether the page with it was left.
    pub(crate) fn is_gone(self) -> bool {
        self.busy.is_disposed()
    }

    /// Whether it is being sent.
    pub(crate) fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// Why the last try was not accepted.
    pub(crate) fn trouble(self) -> Option<Trouble> {
        self.trouble.get()
    }

    /// Whether the server sent the form back.
    pub(crate) fn came_back(self) -> bool {
        self.trouble.with_untracked(Option::is_some)
    }

    /// What to say about a field, if it was refused.
    pub(crate) fn error(self, field: &str) -> Option<String> {
        self.trouble.with(|trouble| {
            let error = trouble.as_ref()?.of_field(field)?;
            Some(self.said(error, self.typed.get()))
        })
    }

    /// What to say about a refused field, in the words of the last try.
    pub(crate) fn words(self, error: &FieldError) -> String {
        self.said(error, 0)
    }

    fn said(self, error: &FieldError, typed: usize) -> String {
        let lengths = Lengths { typed, needed: self.needed };
        messages::field(self.texts, self.name, error, lengths)
    }

    /// The first line over the form, if its last try was not accepted.
    pub(crate) fn summary(self, trouble: &Trouble) -> String {
        messages::summary(self.texts, self.name, trouble)
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
            FormName::Login
            | FormName::Name
            | FormName::EndSession
            | FormName::EndOthers
            | FormName::SignOut => None,
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
            FormName::SignOut => "sign-out-summary",
        }
    }
}
