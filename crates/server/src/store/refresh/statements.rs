//! The statements by which a refresh is granted.

use crate::store::database::EachDialect;

/// Changes a session and returns it with its account, if it lives and its account is as it was when
/// it began: `$1` session, `$2` generation, `$3` secret, `$4` now. What is given is what changes and,
/// after a semicolon, what is demanded besides.
macro_rules! grant {
    ($($change:expr),+; $($demand:expr)?) => {
        EachDialect {
            sqlite: concat!(
                "UPDATE sessions SET ", $($change,)+ where_it_lives!("$1", "$2", "$3", "$4"),
                $($demand,)? and_its_account_is_the_same!(), returning_looked_up!()
            ),
            postgres: concat!(
                "UPDATE sessions SET ", $($change,)+ " FROM users u",
                where_it_lives!("$1", "$2", "$3", "$4"),
                $($demand,)? " AND ", its_account_is_the_same!(), returning_joined!()
            ),
        }
    };
}

/// The arguments are where these stand: the session, its generation, its secret, now.
macro_rules! where_it_lives {
    ($session:literal, $generation:literal, $secret:literal, $now:literal) => {
        concat!(
            " WHERE sessions.id = ",
            $session,
            " AND generation = ",
            $generation,
            " AND secret_hash = ",
            $secret,
            " AND ended_at IS NULL AND idle_expires_at > ",
            $now,
            " AND expires_at > ",
            $now
        )
    };
}

macro_rules! its_account_is_the_same {
    () => {
        "u.id = user_id AND u.epoch = user_epoch AND u.disabled_at IS NULL"
    };
}

macro_rules! and_its_account_is_the_same {
    () => {
        concat!(" AND EXISTS (SELECT 1 FROM users u WHERE ", its_account_is_the_same!(), ")")
    };
}

macro_rules! returning_session {
    () => {
        " RETURNING sessions.id AS session_id, generation, delivery, simplejwt, remember, \
         sessions.created_at, authenticated_at, idle_expires_at, expires_at, user_id, "
    };
}

macro_rules! returning_joined {
    () => {
        concat!(
            returning_session!(),
            "u.email, u.username, u.name, u.roles, u.attributes, \
             u.created_at AS user_created_at, u.disabled_at"
        )
    };
}

/// SQLite cannot return joined columns and looks the account up for each of them, in a cache of its
/// own. PostgreSQL would take as long for that as for all the rest, and joins it.
macro_rules! returning_looked_up {
    () => {
        concat!(
            returning_session!(),
            "(SELECT u.email FROM users u WHERE u.id = user_id) AS email, \
             (SELECT u.username FROM users u WHERE u.id = user_id) AS username, \
             (SELECT u.name FROM users u WHERE u.id = user_id) AS name, \
             (SELECT u.roles FROM users u WHERE u.id = user_id) AS roles, \
             (SELECT u.attributes FROM users u WHERE u.id = user_id) AS attributes, \
             (SELECT u.created_at FROM users u WHERE u.id = user_id) AS user_created_at, \
             (SELECT u.disabled_at FROM users u WHERE u.id = user_id) AS disabled_at"
        )
    };
}

/// What changes when a session advances. The arguments are where these stand: the attempt, the new
/// generation, now, when a remembered session and when any other rests, the client, its address.
macro_rules! advances {
    (
        $attempt:literal, $generation:literal, $now:literal, $remembered:literal,
        $unremembered:literal, $user_agent:literal, $address:literal
    ) => {
        concat!(
            "generation = ",
            $generation,
            ", attempt = ",
            $attempt,
            ", ",
            remember_attempt!($attempt),
            ", rotated_at = ",
            $now,
            ", last_used_at = ",
            $now,
            ", user_agent = ",
            $user_agent,
            ", address = ",
            $address,
            ", ",
            rest_anew!($remembered, $unremembered)
        )
    };
}

/// Whether it may advance by this attempt.
macro_rules! and_it_is_new {
    ($attempt:literal) => {
        concat!(
            " AND delivery <> 'static' AND (",
            $attempt,
            " IS NULL OR past_attempts NOT LIKE '%' || ",
            $attempt,
            " || '%')"
        )
    };
}

/// A session that is used rests anew, never beyond its end; the arguments are the placeholders of
/// that moment for a remembered session and for any other.
macro_rules! rest_anew {
    ($remembered:literal, $unremembered:literal) => {
        concat!(
            "idle_expires_at = CASE WHEN (CASE WHEN remember THEN ",
            $remembered,
            " ELSE ",
            $unremembered,
            " END) > expires_at THEN expires_at WHEN remember THEN ",
            $remembered,
            " ELSE ",
            $unremembered,
            " END"
        )
    };
}

/// Puts the attempt in front of those that were answered and keeps four.
macro_rules! remember_attempt {
    ($attempt:literal) => {
        concat!(
            "past_attempts = CASE WHEN ",
            $attempt,
            " IS NULL OR past_attempts LIKE '%' || ",
            $attempt,
            " || '%' THEN past_attempts ELSE substr(",
            $attempt,
            " || ' ' || past_attempts, 1, 260) END"
        )
    };
}

/// Advances one session, on PostgreSQL: `$5` attempt, `$6` new generation, `$7` and `$8` when a
/// remembered session and when any other rests, `$9` client, `$10` its address.
pub(in crate::store) const ADVANCE_ONE_ON_POSTGRES: &str = concat!(
    "UPDATE sessions SET ",
    advances!("$5", "$6", "$4", "$7", "$8", "$9", "$10"),
    " FROM users u",
    where_it_lives!("$1", "$2", "$3", "$4"),
    and_it_is_new!("$5"),
    " AND ",
    its_account_is_the_same!(),
    returning_joined!()
);

/// What a step consists of, in the order in which it is bound.
macro_rules! a_step {
    () => {
        "(of_session, from_generation, secret, now, by_attempt, to_generation, rest_remembered, \
         rest_unremembered, client, client_address)"
    };
}

macro_rules! where_it_lives_at_its_step {
    () => {
        where_it_lives!("step.of_session", "step.from_generation", "step.secret", "step.now")
    };
}

macro_rules! advances_by_its_step {
    () => {
        advances!(
            "step.by_attempt",
            "step.to_generation",
            "step.now",
            "step.rest_remembered",
            "step.rest_unremembered",
            "step.client",
            "step.client_address"
        )
    };
}

/// Advances several sessions at once, on SQLite: between the two parts stand the values of their
/// steps, each session once.
pub(in crate::store) const ADVANCE_SEVERAL_ON_SQLITE: [&str; 2] = [
    concat!("WITH step ", a_step!(), " AS ("),
    concat!(
        ") UPDATE sessions SET ",
        advances_by_its_step!(),
        " FROM step",
        where_it_lives_at_its_step!(),
        and_it_is_new!("step.by_attempt"),
        and_its_account_is_the_same!(),
        returning_looked_up!()
    ),
];

/// The same on PostgreSQL, with an array for each part of the steps. Sessions that somebody else is
/// changing stay as they are: to wait for one would be to let all others wait, and for ever where
/// somebody else waits for one of these. `LATERAL` keeps the planner, which knows nothing of tables
/// that are new, to the one good order: by the key of the session, then by that of its account.
pub(in crate::store) const ADVANCE_SEVERAL_ON_POSTGRES: &str = concat!(
    "WITH step AS MATERIALIZED (SELECT step.*, session.place, u.* FROM unnest($1::text[], \
     $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], \
     $8::bigint[], $9::text[], $10::text[]) AS step ",
    a_step!(),
    " CROSS JOIN LATERAL (SELECT sessions.ctid AS place, user_id, user_epoch FROM sessions",
    where_it_lives_at_its_step!(),
    and_it_is_new!("step.by_attempt"),
    " FOR UPDATE SKIP LOCKED) session CROSS JOIN LATERAL (SELECT u.email, u.username, u.name, \
     u.roles, u.attributes, u.created_at AS user_created_at, u.disabled_at FROM users u WHERE ",
    its_account_is_the_same!(),
    " OFFSET 0) u) UPDATE sessions SET ",
    advances_by_its_step!(),
    " FROM step WHERE sessions.ctid = step.place",
    returning_session!(),
    "email, username, name, roles, attributes, user_created_at, disabled_at"
);

/// Answers with the present generation again: `$5` attempt, `$6` whether it now counts as the one that
/// made it, `$7` and `$8` the race that is counted, if one is.
pub(super) const ANSWER_AGAIN: EachDialect = grant!(
    "attempt = CASE WHEN $6 AND $5 IS NOT NULL THEN $5 ELSE attempt END, ",
    remember_attempt!("$5"),
    ", last_used_at = $4, raced_generation = COALESCE($7, raced_generation), \
     raced_run = COALESCE($8, raced_run)";
);

/// Uses a session whose token never changes: `$5` and `$6` when a remembered session and when any
/// other rests, `$7` client, `$8` its address.
pub(super) const USE_STATIC: EachDialect = grant!(
    "last_used_at = $4, user_agent = $7, address = $8, ",
    rest_anew!("$5", "$6");
    " AND delivery = 'static'"
);

/// A session that lives, with its account; `$1` session, `$2` now.
macro_rules! session_now {
    () => {
        "SELECT s.id AS session_id, s.generation, s.delivery, s.simplejwt, s.remember, \
         s.created_at, s.authenticated_at, s.idle_expires_at, s.expires_at, s.user_id, \
         u.email, u.username, u.name, u.roles, u.attributes, u.created_at AS user_created_at, \
         u.disabled_at FROM sessions s JOIN users u ON u.id = s.user_id \
         WHERE s.id = $1 AND s.ended_at IS NULL AND s.idle_expires_at > $2 \
         AND s.expires_at > $2 AND u.epoch = s.user_epoch AND u.disabled_at IS NULL"
    };
}

/// The same.
pub(super) const SESSION_NOW: &str = session_now!();

/// The same where it is of generation `$3` with secret `$4`.
pub(super) const LOOK_AGAIN: &str =
    concat!(session_now!(), " AND s.generation = $3 AND s.secret_hash = $4");
