//! Somebody has copied a refresh token and plays as cleverly as they can. How long do they live, and
//! how many access tokens do they get? The same under other rules, for comparison.

mod behaviour;
mod family;
mod figures;
mod life;
mod owner;
mod table;

use std::rc::Rc;

pub use behaviour::Behaviour;
pub use family::{Families, Rule};
pub use figures::Figures;
pub use life::Life;
pub use table::tables;

use crate::history::Failure;
use crate::server::{Deployment, Server};
use crate::{Chance, World};

use life::Theft;
use owner::Owner;

/// What was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loot {
    /// The refresh token.
    Token,
    /// All that the browser keeps, the attempts among it.
    Profile,
}

/// One kind of theft.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// What was copied.
    pub loot: Loot,
    /// What the thief does with it.
    pub behaviour: Behaviour,
    /// Whether the owner's connection loses requests and answers.
    pub is_lossy: bool,
    /// Whether the owner's browser keeps storage, and so attempts.
    pub has_storage: bool,
}

impl Case {
    /// So that what is drawn in one case is drawn in no other: a database may see them all.
    fn apart(self, seed: u64) -> u64 {
        let loot = u64::from(self.loot == Loot::Profile);
        let kind = [self.behaviour as u64, loot, self.is_lossy.into(), self.has_storage.into()];
        let kind = kind.iter().fold(1, |number, part| 8 * number + part);
        kind * FAR + seed
    }
}

/// How far the seeds of two cases are apart, in multiples of the places that a deployment has.
const FAR: u64 = 1_000_000_000;

/// Plays a theft before the real server.
///
/// # Errors
/// When the server does what it must not, or the thief lives longer than is claimed.
pub fn of_carnet(deployment: &Rc<Deployment>, case: Case, seed: u64) -> Result<Life, Failure> {
    let world = World::new();
    let server = Server::new(deployment, &world, case.apart(seed));
    let owner = Owner::new(&world, &server, server.username(), case, Chance::new(seed));
    let life = Theft::new(owner, case, Chance::new(!seed)).play();
    let audit = server.audit();
    let fail = |what| Err(Failure { seed, what, log: audit.log().to_vec() });
    if let Some(violation) = audit.violations().first() {
        return fail(violation.clone());
    }
    let claimed = match case.loot {
        Loot::Token => 2,
        Loot::Profile => 3,
    };
    if case.has_storage && life.refreshes > claimed {
        return fail(format!("the thief outlived {} refreshes: {case:?}", life.refreshes));
    }
    Ok(life)
}

/// Plays the same theft under another rule.
pub fn of_families(rule: Rule, case: Case, seed: u64) -> Life {
    let world = World::new();
    let server = Rc::new(Families::new(world.clone(), rule));
    let owner = Owner::new(&world, &server, "ada", case, Chance::new(seed));
    Theft::new(owner, case, Chance::new(!seed)).play()
}

/// A day of an owner whom nobody has robbed, over a connection that loses things, before the real
/// server: how many refreshes came to their end, and whether the owner was signed out.
pub fn lossy_day_of_carnet(deployment: &Rc<Deployment>, seed: u64) -> (u64, bool) {
    let world = World::new();
    let server = Server::new(deployment, &world, FAR + seed);
    owner::lossy_day(&world, &server, server.username(), seed)
}

/// The same under another rule.
pub fn lossy_day_of_families(rule: Rule, seed: u64) -> (u64, bool) {
    let world = World::new();
    let server = Rc::new(Families::new(world.clone(), rule));
    owner::lossy_day(&world, &server, "ada", seed)
}
