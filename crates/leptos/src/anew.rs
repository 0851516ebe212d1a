use leptos::either::Either;
use leptos::prelude::*;

/// Makes a view anew whenever its key changes. Views of one type are only changed where they
/// differ, and what somebody has typed or unfolded would stay there for the next person; so each
/// has another type than the one before.
pub fn anew_for<K, V>(key: Memo<K>, view: impl Fn(K) -> V + Send + 'static) -> impl IntoView
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
