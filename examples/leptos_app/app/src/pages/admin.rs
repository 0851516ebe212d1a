use carnet_leptos::Notices;
use leptos::either::Either;
use leptos::prelude::*;

use crate::functions::todo_counts;

/// How many todos each account has.
#[component]
pub(crate) fn Admin() -> impl IntoView {
    let counts = Resource::new(|| (), |()| todo_counts());
    let rows = move || {
        Suspend::new(async move {
            match counts.await {
                Err(error) => Either::Left(view! { <p role="alert">{error.to_string()}</p> }),
                Ok(counts) => Either::Right(view! {
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">"Account"</th>
                                <th scope="col">"Todos"</th>
                            </tr>
                        </thead>
                        <tbody>
                            {counts
                                .into_iter()
                                .map(|it| view! { <tr><td>{it.username}</td><td>{it.todos}</td></tr> })
                                .collect::<Vec<_>>()}
                        </tbody>
                    </table>
                }),
            }
        })
    };
    view! {
        <Notices />
        <h1>"Accounts"</h1>
        <Suspense fallback=|| view! { <p role="status">"Counting…"</p> }>{rows}</Suspense>
    }
}
