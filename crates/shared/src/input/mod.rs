pub(crate) mod attempt;
pub(crate) mod display_name;
pub(crate) mod email;
pub(crate) mod field_code;
pub(crate) mod fields;
pub(crate) mod password;
pub(crate) mod username;
