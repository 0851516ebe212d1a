mod account;
mod admin;
mod not_found;
mod sign_in;
mod sign_up;
mod start;
mod todos;

pub(crate) use account::Account;
pub(crate) use admin::Admin;
pub(crate) use not_found::NotFound;
pub(crate) use sign_in::SignIn;
pub(crate) use sign_up::SignUp;
pub(crate) use start::Start;
pub(crate) use todos::Todos;
