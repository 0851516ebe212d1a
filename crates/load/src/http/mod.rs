//! HTTP/1.1 as far as a load generator needs it. A whole client would take from the server, which
//! runs on the same machine, more than it takes to answer.

mod answer;
mod connection;
mod request;

pub use answer::Answer;
pub use connection::Connection;
pub use request::{get, post};
