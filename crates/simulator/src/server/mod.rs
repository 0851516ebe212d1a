//! The real server behind the simulated network. Each request is one step at its moment of virtual
//! time: races inside the server are what other tests are about.

mod deployment;
mod deployments;
mod exchange;
mod observed;
mod token;

pub(crate) use deployment::COOKIE;
pub use deployment::Deployment;
pub use deployments::Deployments;
pub use observed::Server;
pub(crate) use observed::post;
pub use token::RefreshToken;
