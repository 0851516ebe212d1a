pub(crate) mod delivery;
pub(crate) mod requests;
pub(crate) mod responses;
