//! Histories by chance before the real server: devices of one person, with tabs that come and go,
//! faults, restarts, changes of password, and whatever else must not sign anybody out.

mod device;
mod ending;
mod steps;

use std::fmt;
use std::rc::Rc;

use crate::server::{Deployment, Server};
use crate::{Chance, PASSWORD, World};

use device::Device;

/// How many steps a history has.
const STEPS: usize = 100;

/// What the browsers of a history are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Their tabs share storage and have locks: nobody is ever signed out by mistake.
    Whole,
    /// They lack locks, the channel, the storage or all of it: a lost answer may then cost the
    /// session, but nothing else may go wrong.
    Poor,
}

/// A history that went wrong: all that is needed to see it again.
#[derive(Debug)]
pub struct Failure {
    /// Of which seed.
    pub seed: u64,
    /// What went wrong.
    pub what: String,
    /// All that happened.
    pub log: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.log {
            writeln!(formatter, "{line}")?;
        }
        writeln!(formatter, "seed {}: {}", self.seed, self.what)?;
        write!(formatter, "CARNET_SEED={} plays it again", self.seed)
    }
}

/// Plays the history of a seed and gives its log.
///
/// # Errors
/// When anything happened that must not.
pub fn play(deployment: &Rc<Deployment>, kind: Kind, seed: u64) -> Result<Vec<String>, Failure> {
    let telltale = Telltale(seed);
    let mut history = History::new(deployment, kind, seed);
    let outcome = history.play();
    std::mem::forget(telltale);
    let log = history.server.audit().log().to_vec();
    match outcome {
        Ok(()) => Ok(log),
        Err(what) => Err(Failure { seed, what, log }),
    }
}

/// Says which history it was if it ends in a panic.
struct Telltale(u64);

impl Drop for Telltale {
    fn drop(&mut self) {
        eprintln!("this was the history of seed {}", self.0);
    }
}

/// A history while it is played.
struct History {
    kind: Kind,
    chance: Chance,
    world: World,
    server: Rc<Server>,
    devices: Vec<Device>,
    password: String,
    /// The sessions that are over and were found to be.
    checked: Vec<String>,
}

impl History {
    fn new(deployment: &Rc<Deployment>, kind: Kind, seed: u64) -> Self {
        let world = World::new();
        let server = Server::new(deployment, &world, seed);
        let mut history = Self {
            kind,
            chance: Chance::new(seed),
            world,
            server,
            devices: Vec::new(),
            password: PASSWORD.to_owned(),
            checked: Vec::new(),
        };
        history.add_device();
        history
    }

    fn play(&mut self) -> Result<(), String> {
        self.sign_in(0);
        for _ in 0..STEPS {
            self.step();
            self.check()?;
        }
        self.everybody_is_where_they_should_be();
        self.check()?;
        self.sweep();
        self.verdict()
    }

    /// What must be true after every step.
    fn check(&mut self) -> Result<(), String> {
        self.what_is_over_is_over();
        if self.kind == Kind::Whole && self.server.audit().thefts() > 0 {
            return Err("nobody has stolen anything, and a session was ended for it".to_owned());
        }
        self.verdict()
    }

    fn verdict(&self) -> Result<(), String> {
        match self.server.audit().violations().first() {
            Some(violation) => Err(violation.clone()),
            None => Ok(()),
        }
    }

    fn note(&self, text: &str) {
        self.server.audit_mut().note(self.world.now(), text);
    }

    fn violation(&self, text: &str) {
        self.server.audit_mut().violation(self.world.now(), text);
    }
}
