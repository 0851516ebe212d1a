//! Everything that is measured, in the order in which a round goes through it.

use super::data::{Data, Synchronous};

/// Sessions in the full table, and in the one beside it.
pub(super) const MANY: usize = 1_000_000;
/// Those of them that are used.
pub(super) const FEW: usize = 1024;

/// One thing that is measured, once in every round.
pub(super) struct Measure {
    /// What `--only` and the raw figures call it.
    pub(super) name: &'static str,
    /// What it is compared within.
    pub(super) group: &'static str,
    /// As the document says it.
    pub(super) title: &'static str,
    pub(super) subject: Subject,
    /// What the load generator does with it.
    pub(super) load: &'static [&'static str],
}

/// What is started for a measurement, and what is asked of it.
pub(super) enum Subject {
    /// The machine alone.
    Machine,
    /// PostgreSQL alone: by sqlx, or by pgbench.
    Postgres,
    Pgbench,
    /// axum with one route.
    Route,
    Carnet(Data),
    /// Carnet whose cache of verified tokens others have filled.
    Swamped,
    /// Carnet with its limits on, while ten times the sign-ins come that the processor bears.
    Flooded,
    /// The same without the flood.
    Calm,
    Simplejwt(Data, Synchronous),
    BetterAuth,
    /// How much memory Carnet takes after its start.
    Memory(Data),
    /// How much more it takes after many have signed in and gone.
    Idle,
}

use Subject::{
    BetterAuth, Calm, Carnet, Flooded, Idle, Machine, Memory, Pgbench, Postgres, Route, Simplejwt,
    Swamped,
};

/// With one key of the default algorithm its answer is about as long as that of `/api/auth/session`.
const UNPROTECTED: &[&str] = &["get", "--path", "/.well-known/jwks.json", "--anonymous"];
const SESSION: &[&str] = &["get", "--path", "/api/auth/session"];
const ME: &[&str] = &["get", "--path", "/api/me"];
const REFRESH: &[&str] = &["refresh"];
/// Few enough to wait in front of Argon2 without being refused.
const LOGIN: &[&str] = &["login", "--clients", "8"];
const FULL: Synchronous = Synchronous::Full;
const NORMAL: Synchronous = Synchronous::Normal;

const fn measure(
    group: &'static str,
    name: &'static str,
    title: &'static str,
    subject: Subject,
    load: &'static [&'static str],
) -> Measure {
    Measure { name, group, title, subject, load }
}

#[rustfmt::skip]
pub(super) const MEASURES: &[Measure] = &[
    measure("claims", "bare-route", "a bare axum route, the same answer", Route, &["get", "--path", "/api/auth/session", "--anonymous"]),
    measure("claims", "carnet-unprotected", "Carnet, an unprotected route", Carnet(Data::Sqlite), UNPROTECTED),
    measure("claims", "carnet-session", "Carnet, `/api/auth/session`", Carnet(Data::Sqlite), SESSION),
    measure("claims", "carnet-swamped", "the same after 20 480 tokens of others have filled the cache", Swamped, SESSION),
    measure("claims", "simplejwt-stateless", "simplejwt, `JWTStatelessUserAuthentication`", Simplejwt(Data::Sqlite, FULL), &["get", "--path", "/session"]),

    measure("user", "carnet-me", "Carnet, `/api/me`, SQLite", Carnet(Data::Sqlite), ME),
    measure("user", "simplejwt-me", "simplejwt, `JWTAuthentication`, SQLite", Simplejwt(Data::Sqlite, FULL), &["get", "--path", "/me"]),
    measure("user", "better-auth-session", "better-auth, `get-session`, PostgreSQL", BetterAuth, &["get", "--path", "/api/auth/get-session"]),

    measure("refresh-sqlite", "sqlite-full-1", "bare sqlx, FULL, one a commit", Machine, &["sqlite", "--durability", "full"]),
    measure("refresh-sqlite", "sqlite-normal-1", "bare sqlx, NORMAL, one a commit", Machine, &["sqlite", "--durability", "normal"]),
    measure("refresh-sqlite", "sqlite-full-8", "bare sqlx, FULL, 8 a commit", Machine, &["sqlite", "--durability", "full", "--together", "8"]),
    measure("refresh-sqlite", "sqlite-full-64", "bare sqlx, FULL, 64 a commit", Machine, &["sqlite", "--durability", "full", "--together", "64"]),
    measure("refresh-sqlite", "carnet-refresh-sqlite", "Carnet, FULL", Carnet(Data::Sqlite), REFRESH),
    measure("refresh-sqlite", "simplejwt-refresh-sqlite", "simplejwt, NORMAL", Simplejwt(Data::Sqlite, NORMAL), REFRESH),
    measure("refresh-sqlite", "simplejwt-refresh-sqlite-full", "simplejwt, FULL", Simplejwt(Data::Sqlite, FULL), REFRESH),

    measure("refresh-postgres", "postgres-16", "bare sqlx, 16 connections", Postgres, &["postgres", "--connections", "16"]),
    measure("refresh-postgres", "pgbench", "pgbench, 16 connections", Pgbench, &[]),
    measure("refresh-postgres", "carnet-refresh-postgres", "Carnet", Carnet(Data::Postgres), REFRESH),
    measure("refresh-postgres", "simplejwt-refresh-postgres", "simplejwt", Simplejwt(Data::Postgres, FULL), REFRESH),

    measure("login", "argon2", "bare Argon2id, all cores", Machine, &["argon2"]),
    measure("login", "carnet-login", "Carnet, SQLite", Carnet(Data::Sqlite), LOGIN),
    measure("login", "simplejwt-login", "simplejwt, SQLite, the same cost", Simplejwt(Data::Sqlite, FULL), LOGIN),
    measure("login", "better-auth-login", "better-auth, PostgreSQL, its own scrypt", BetterAuth, LOGIN),

    measure("flood", "carnet-calm", "Carnet, `/api/auth/session`, no flood", Calm, SESSION),
    measure("flood", "carnet-flooded", "the same during the flood", Flooded, SESSION),

    measure("sessions", "carnet-refresh-few", "Carnet, refresh, 1 000 sessions", Carnet(Data::Few), REFRESH),
    measure("sessions", "carnet-refresh-many", "Carnet, refresh, 1 000 000 sessions", Carnet(Data::Many), REFRESH),

    measure("memory", "memory-few", "Carnet after its start, 1 000 sessions", Memory(Data::Few), &[]),
    measure("memory", "memory-many", "Carnet after its start, 1 000 000 sessions", Memory(Data::Many), &[]),
    measure("memory", "memory-idle", "Carnet after 10 000 more have signed in and gone", Idle, &[]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_measures_share_a_name() {
        let names: BTreeSet<&str> = MEASURES.iter().map(|measure| measure.name).collect();
        assert_eq!(names.len(), MEASURES.len());
    }
}
