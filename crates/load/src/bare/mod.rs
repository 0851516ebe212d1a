//! What the machine can do without a server around it, or with the barest one.

mod argon2;
mod postgres;
mod processor;
mod route;
mod sqlite;
mod work;

pub use argon2::check_passwords;
pub use postgres::update_postgres;
pub use processor::calibrate;
pub use route::serve_route;
pub use sqlite::{Durability, update_sqlite};
