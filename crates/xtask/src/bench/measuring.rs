//! One measurement: what it needs is started, asked, and ended.

use std::net::SocketAddr;

use super::carnet::{self, Carnet};
use super::data::Data;
use super::figures::Figures;
use super::measures::{Measure, Subject};
use super::peers::{better_auth, simplejwt};
use super::place::{Place, free_address, text};
use crate::problem::{Outcome, Problem};
use crate::process::text_of;

/// How many times the sign-ins that the processor bears make the flood.
const FLOOD: f64 = 10.0;
/// Connections of pgbench, as of all others on PostgreSQL.
const CONNECTIONS: &str = "16";

/// Measures it for so many seconds.
pub(super) fn measure(place: &Place, one: &Measure, seconds: f64) -> Outcome<Figures> {
    let asking = Asking { place, load: one.load, seconds: seconds.to_string() };
    match one.subject {
        Subject::Machine => asking.alone(),
        Subject::Postgres => asking.postgres(),
        Subject::Pgbench => asking.pgbench(),
        Subject::Route => {
            let address = free_address()?;
            let mut server = place.load_command();
            server.args(["route", &address.to_string()]);
            let _server = place.serve("route", address, &server)?;
            asking.of("carnet", address, &[])
        }
        Subject::Carnet(data) => {
            let carnet = Carnet::start(place, data)?;
            if !matches!(data, Data::Few | Data::Many) {
                return asking.of("carnet", carnet.address, &[]);
            }
            let tokens = text(&carnet::tokens(place, data)?);
            asking.of("carnet", carnet.address, &["--tokens", &tokens])
        }
        Subject::Swamped => asking.of("carnet", Carnet::swamped(place)?.address, &[]),
        Subject::Calm => asking.of("carnet", Carnet::deployed(place)?.address, &[]),
        Subject::Flooded => asking.flooded(),
        Subject::Simplejwt(data, synchronous) => {
            let (_server, address) = simplejwt(place, data, synchronous)?;
            asking.of("simplejwt", address, &[])
        }
        Subject::BetterAuth => {
            let (_server, address) = better_auth(place)?;
            asking.of("better-auth", address, &[])
        }
        Subject::Memory(data) => {
            let carnet = Carnet::start(place, data)?;
            Ok(Figures::of(&[("memory", carnet.memory()?)]))
        }
        Subject::Idle => carnet::memory_of_idle(place),
    }
}

struct Asking<'a> {
    place: &'a Place,
    load: &'a [&'a str],
    seconds: String,
}

impl Asking<'_> {
    fn of(&self, api: &str, address: SocketAddr, more: &[&str]) -> Outcome<Figures> {
        let address = address.to_string();
        let own = ["--api", api, "--address", &address, "--seconds", &self.seconds];
        self.place.measure(&[self.load, &own, more].concat())
    }

    fn alone(&self) -> Outcome<Figures> {
        let seconds = ["--seconds", &self.seconds];
        if self.load.first() != Some(&"sqlite") {
            return self.place.measure(&[self.load, &seconds].concat());
        }
        let file = text(&self.place.folder("bare")?.join("bare.db"));
        self.place.measure(&[self.load, &seconds, &[&file]].concat())
    }

    fn postgres(&self) -> Outcome<Figures> {
        let url = self.place.postgres()?.url();
        self.place.measure(&[self.load, &["--seconds", &self.seconds, &url]].concat())
    }

    fn pgbench(&self) -> Outcome<Figures> {
        const SCRIPT: &str = "\\set id random(0, 999)\n\
            UPDATE bare SET generation = generation + 1 WHERE id = :id::text RETURNING generation;\n";
        let postgres = self.place.postgres()?;
        let url = postgres.url();
        // The table is the same as for bare sqlx.
        self.place.once("pgbench's table", || {
            self.place.text_of_load(&["postgres", "--seconds", "0", &url]).map(drop)
        })?;
        let script = self.place.folder("pgbench")?.join("update.sql");
        let written = std::fs::write(&script, SCRIPT);
        written.map_err(|error| unusable(&error.to_string()))?;
        let mut pgbench = postgres.client(&self.place.environment, "pgbench");
        pgbench.args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--client", CONNECTIONS]);
        pgbench.arg("--time").arg(whole_seconds(&self.seconds)).arg("--file").arg(script);
        let output = text_of(pgbench.arg("postgres"))?;
        let rate = rate_in(&output).ok_or_else(|| unusable(&output))?;
        Ok(Figures::of(&[("rate", rate)]))
    }

    fn flooded(&self) -> Outcome<Figures> {
        let bears = self.place.measure(&["argon2", "--seconds", "1"])?;
        let flood = (FLOOD * bears.get("rate").unwrap_or_default()).to_string();
        self.of("carnet", Carnet::deployed(self.place)?.address, &["--flood", &flood])
    }
}

/// pgbench takes no others, and none at all would be for ever.
fn whole_seconds(seconds: &str) -> String {
    seconds.parse::<f64>().map_or(1.0, |seconds| seconds.ceil().max(1.0)).to_string()
}

fn rate_in(output: &str) -> Option<f64> {
    let line = output.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split_whitespace().next()?.parse().ok()
}

fn unusable(why: &str) -> Problem {
    Problem::new("pgbench told no figure", why, "is it PostgreSQL's own?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pgbenchs_rate_is_found_in_what_it_prints() {
        let output = "number of failed transactions: 0 (0.000%)\n\
            tps = 17845.123456 (without initial connection time)\n";
        assert_eq!(rate_in(output), Some(17845.123456));
        assert_eq!(rate_in("pgbench: error"), None);
    }

    #[test]
    fn pgbench_runs_for_a_second_at_least() {
        assert_eq!((whole_seconds("0.5"), whole_seconds("5")), ("1".to_owned(), "5".to_owned()));
    }
}
