use uuid::Uuid;

use super::origin::{Actor, Origin};

/// Longer names are cut.
const MAX_NAME_BYTES: usize = 64;

/// Who runs a command, and which.
#[derive(Debug, Clone)]
pub struct Operator {
    name: String,
    command: String,
    run_id: Uuid,
}

impl Operator {
    /// The account of the operating system that this process runs as. Under `sudo` that is root, and
    /// the operator is who called it: `sudo` sets `SUDO_USER`. Anybody can set that variable, so it
    /// counts only for root, who could write into the database anyway.
    pub fn of_this_process(command: &str, run_id: Uuid) -> Self {
        let is_root = rustix::process::geteuid().is_root();
        let caller = std::env::var("SUDO_USER").ok().filter(|name| is_root && !name.is_empty());
        let name = caller.or_else(|| whoami::username().ok());
        let mut name = name.unwrap_or_else(|| format!("#{}", rustix::process::geteuid().as_raw()));
        name.truncate(name.floor_char_boundary(MAX_NAME_BYTES));
        Self { name, command: command.to_owned(), run_id }
    }

    /// Where the events of this run come from.
    pub fn origin(&self) -> Origin<'_> {
        Origin {
            actor: Actor::Operator(&self.name),
            address: Origin::LOCAL,
            device: &self.command,
            request_id: self.run_id,
        }
    }
}
