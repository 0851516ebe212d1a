/// Something out of the ordinary that nobody has to be told, and that those who run a site may want
/// to count: [`AuthClient::on_incident`](crate::AuthClient::on_incident).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incident {
    /// A stored value was damaged, or written by something else or by another version. It was
    /// removed, and the client went on without.
    Discarded {
        /// Its name in the storage.
        key: &'static str,
    },
}
