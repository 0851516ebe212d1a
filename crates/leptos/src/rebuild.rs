use leptos::either::Either;
use leptos::prelude::*;

/// Builds a view again whenever its key changes. Leptos only patches a view of the same type where it
/// differs, and what one person has typed or unfolded would stay there for the next. So the view
/// alternates between two types.
pub fn rebuild_for<K, V>(key: Memo<K>, view: impl Fn(K) -> V + Send + 'static) -> impl IntoView
where
    K: Clone + PartialEq + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let turn = Memo::new(move |last: Option<&(K, bool)>| {
        (key.get(), last.is_some_and(|(_, is_odd)| !is_odd))
    });
    move || match turn.get() {
        (key, false) => Either::Left(view(key)),
        (key, true) => Either::Right(view(key)),
    }
}
