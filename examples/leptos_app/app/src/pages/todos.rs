use carnet_leptos::{Notices, ServerError};
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::html::Input;
use leptos::prelude::*;

use crate::functions::{AddTodo, DeleteTodo, TickTodo, todos};
use crate::todo::Todo;

/// The todos of the person who is signed in.
#[component]
pub(crate) fn Todos() -> impl IntoView {
    let add = ServerAction::<AddTodo>::new();
    let tick = ServerAction::<TickTodo>::new();
    let delete = ServerAction::<DeleteTodo>::new();
    let changes = move || (add.version().get(), tick.version().get(), delete.version().get());
    let list = Resource::new(changes, |_| todos());

    let text = NodeRef::<Input>::new();
    Effect::new(move |_| {
        let is_added = add.value().with(|value| matches!(value, Some(Ok(()))));
        if let Some(input) = text.get().filter(|_| is_added) {
            input.set_value("");
        }
    });
    let error = move || {
        let answers = [add.value().get(), tick.value().get(), delete.value().get()];
        answers.into_iter().flatten().find_map(Result::err).map(said)
    };
    let items = move || {
        Suspend::new(async move {
            match list.await {
                Err(error) => Either::Left(said(error)),
                Ok(todos) => {
                    let items = todos.into_iter().map(|todo| item(todo, tick, delete));
                    Either::Right(view! { <ul class="todos">{items.collect::<Vec<_>>()}</ul> })
                }
            }
        })
    };
    view! {
        <Notices />
        <h1>"Your todos"</h1>
        {error}
        <ActionForm action=add attr:class="new-todo">
            <label for="text">"New todo"</label>
            <input id="text" name="text" maxlength="200" autocomplete="off" required node_ref=text />
            <button class="carnet-button">"Add"</button>
        </ActionForm>
        <Transition fallback=|| view! { <p role="status">"Loading…"</p> }>{items}</Transition>
    }
}

fn item(
    Todo { id, text, done }: Todo,
    tick: ServerAction<TickTodo>,
    delete: ServerAction<DeleteTodo>,
) -> impl IntoView {
    let label = if done { "Reopen" } else { "Done" };
    let (name_of_tick, name_of_delete) = (format!("{label}: {text}"), format!("Delete: {text}"));
    view! {
        <li class:done=done>
            <span>{text}</span>
            <ActionForm action=tick>
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="done" value=(!done).to_string() />
                <button class="carnet-button carnet-plain" aria-label=name_of_tick>{label}</button>
            </ActionForm>
            <ActionForm action=delete>
                <input type="hidden" name="id" value=id />
                <button class="carnet-button carnet-plain carnet-danger" aria-label=name_of_delete>"Delete"</button>
            </ActionForm>
        </li>
    }
}

fn said(error: ServerError) -> impl IntoView {
    view! { <p role="alert">{error.to_string()}</p> }
}
