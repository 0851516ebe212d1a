use leptos::prelude::*;

use crate::fresh::Fresh;

/// Builds a view again whenever its key changes. Leptos only patches a view of the same type where it
/// differs, and what one person has typed or unfolded would stay there for the next.
pub fn rebuild_for<K, V>(key: Memo<K>, view: impl Fn(K) -> V + Send + 'static) -> impl IntoView
where
    K: Clone + PartialEq + Send + Sync + 'static,
    V: IntoView + 'static,
{
    move || Fresh(view(key.get()).into_view())
}
