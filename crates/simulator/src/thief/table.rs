use std::fmt::Write;

use super::{
    Behaviour, Case, Figures, Loot, Rule, lossy_day_of_carnet, lossy_day_of_families, of_carnet,
    of_families,
};
use crate::history::Failure;
use crate::server::Deployments;

const fn case(loot: Loot, behaviour: Behaviour) -> Case {
    // An attempt lies in the storage for longer than a moment only where answers are lost.
    Case { loot, behaviour, is_lossy: matches!(loot, Loot::Profile), has_storage: true }
}

/// What is measured.
pub(super) const CASES: [Case; 8] = [
    case(Loot::Token, Behaviour::AtOnce),
    case(Loot::Token, Behaviour::InStep),
    case(Loot::Token, Behaviour::InGrace),
    case(Loot::Token, Behaviour::WhileAway),
    case(Loot::Token, Behaviour::Anyhow),
    case(Loot::Profile, Behaviour::RepeatsAttempt),
    case(Loot::Profile, Behaviour::Anyhow),
    Case { has_storage: false, ..case(Loot::Token, Behaviour::InGrace) },
];

const RULES: [(&str, Rule); 3] = [
    ("family without grace", Rule::NoGrace),
    ("family, 10 s grace", Rule::Grace),
    ("family, GoTrue's rule", Rule::GoTrue),
];

/// Plays so many thefts of each kind, and as many days without one, and writes down what came of
/// them.
///
/// # Errors
/// When one of them was not as it must be.
pub fn tables(deployments: &Deployments, count: u64) -> Result<String, Failure> {
    let mut text = String::from(
        "| thief | rule | gets anything | access tokens | minutes | owner's refreshes | after a day |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for case in CASES {
        let mut figures = Figures::default();
        for seed in 1..=count {
            figures.add(of_carnet(&deployments.for_the_next(), case, seed)?);
        }
        row(&mut text, &title(case), "Carnet", &figures);
        for (name, rule) in RULES {
            let mut figures = Figures::default();
            for seed in 1..=count {
                figures.add(of_families(rule, case, seed));
            }
            row(&mut text, "", name, &figures);
        }
    }
    text.push_str(
        "\n| rule | days | refreshes | owner signed out by mistake |\n|---|---|---|---|\n",
    );
    let days = |day: &dyn Fn(u64) -> (u64, bool)| (1..=count).map(day).collect::<Vec<_>>();
    honest(
        &mut text,
        "Carnet",
        &days(&|seed| lossy_day_of_carnet(&deployments.for_the_next(), seed)),
    );
    for (name, rule) in RULES {
        honest(&mut text, name, &days(&|seed| lossy_day_of_families(rule, seed)));
    }
    Ok(text)
}

fn title(case: Case) -> String {
    let loot = match case.loot {
        Loot::Token => "token",
        Loot::Profile => "profile",
    };
    let owner = if case.has_storage { "" } else { "; the owner's browser keeps no storage" };
    format!("{loot}: {}{owner}", case.behaviour)
}

fn row(text: &mut String, thief: &str, rule: &str, figures: &Figures) {
    let spread = |[median, most, max]: [u64; 3]| format!("{median} / {most} / {max}");
    let minutes =
        figures.spread(|life| u64::try_from(life.milliseconds / 60_000).unwrap_or_default());
    let _ = writeln!(
        text,
        "| {thief} | {rule} | {:.0} % | {} | {} | {} | {:.0} % |",
        figures.successes(),
        spread(figures.spread(|life| life.tokens)),
        spread(minutes),
        spread(figures.spread(|life| life.refreshes)),
        figures.going_on()
    );
}

fn honest(text: &mut String, rule: &str, days: &[(u64, bool)]) {
    let refreshes: u64 = days.iter().map(|day| day.0).sum();
    let mistakes = days.iter().filter(|day| day.1).count();
    let _ = writeln!(text, "| {rule} | {} | {refreshes} | {mistakes} |", days.len());
}
