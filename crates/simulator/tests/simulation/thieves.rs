//! A thief with a copied token outlives at most two refreshes of the owner, with a copy of the whole
//! profile three, whatever they do.

use carnet_simulator::server::Deployments;
use carnet_simulator::thief::{Behaviour, Case, Loot, of_carnet};

use crate::asked;

const TOKEN: [Behaviour; 5] = [
    Behaviour::AtOnce,
    Behaviour::InStep,
    Behaviour::InGrace,
    Behaviour::WhileAway,
    Behaviour::Anyhow,
];
const PROFILE: [Behaviour; 2] = [Behaviour::RepeatsAttempt, Behaviour::Anyhow];

/// Plays so many thefts; `Ok` how many refreshes of the owner's the luckiest thief outlived.
fn luckiest(loot: Loot, behaviours: &[Behaviour], share: u64) -> u64 {
    let deployments = Deployments::start(300);
    let mut most = 0;
    for &behaviour in behaviours {
        for is_lossy in [false, true] {
            let case = Case { loot, behaviour, is_lossy, has_storage: true };
            let count = asked("CARNET_HISTORIES").unwrap_or(share);
            let seeds = asked("CARNET_SEED").map_or(1..=count, |seed| seed..=seed);
            for seed in seeds {
                match of_carnet(&deployments.for_the_next(), case, seed) {
                    Ok(life) => most = most.max(life.refreshes),
                    Err(failure) => panic!("{failure}"),
                }
            }
        }
    }
    most
}

#[test]
fn a_thief_with_a_copied_token_outlives_two_refreshes_at_most() {
    assert_eq!(luckiest(Loot::Token, &TOKEN, 60), 2);
}

#[test]
fn a_thief_with_the_whole_profile_outlives_three_refreshes_at_most() {
    assert_eq!(luckiest(Loot::Profile, &PROFILE, 150), 3);
}
