use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::Predicate;

/// Marks a page that may be compressed: one that shows nothing of anybody. Where a page shows what is private
/// beside what an address brings along, its compressed length would tell of it (BREACH).
#[derive(Debug, Clone, Copy)]
pub(super) struct NothingPrivate;

/// Compresses the pages that say so.
pub(super) fn compression() -> CompressionLayer<impl Predicate + Send + Sync + 'static> {
    let is_meant = |_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions| {
        extensions.get::<NothingPrivate>().is_some()
    };
    CompressionLayer::new().compress_when(is_meant)
}
