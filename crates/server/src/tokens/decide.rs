use carnet_shared::{Attempt, Delivery, ErrorCode};

use super::refresh_token::attempt_hash;
use crate::store::{EndReason, SessionRow};

/// How many generations running may be raced for by different attempts. Tabs that cannot share
/// storage race now and then; two that race every time are two owners of one token.
const FORK_AFTER: i64 = 3;

/// A refresh token as it was presented, reduced to what the decision needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Presented {
    /// Its generation.
    pub(crate) generation: i64,
    /// SHA-256 of its session's secret.
    pub(crate) secret_hash: String,
    /// SHA-256 of the attempt, in hexadecimal.
    pub(crate) attempt: Option<String>,
    /// SHA-256 of the attempt of the last answer that the client saved.
    pub(crate) previous: Option<String>,
}

impl Presented {
    /// With the attempts as the client sent them.
    pub(crate) fn new(
        generation: u32,
        secret_hash: String,
        attempt: Option<&Attempt>,
        previous: Option<&Attempt>,
    ) -> Self {
        Self {
            generation: generation.into(),
            secret_hash,
            attempt: attempt.map(attempt_hash),
            previous: previous.map(attempt_hash),
        }
    }
}

/// What a presented refresh token comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// No such session, or another secret: refused, nothing changes.
    Unknown,
    /// Ended, expired, or the account is not what it was: refused with the reason.
    Over(ErrorCode),
    /// Its session has one token for as long as it lives: an access token, and nothing else.
    Static,
    /// It is the current one: on to the next.
    Advance,
    /// The answer was lost: the current token again, at any time.
    Repeated,
    /// Somebody else of the same client was quicker: the current token again, within the grace.
    Raced {
        /// What the row's count of generations raced for becomes.
        generation: i64,
        /// How many running.
        run: i64,
    },
    /// Different attempts raced for three generations running: the session ends.
    Forked,
    /// The attempt was answered before: no token, nothing changes, the client reads its storage.
    Late,
    /// One ahead: the database has lost a write.
    Behind,
    /// Further ahead: refused, nothing changes, the client is signed out.
    Lost,
    /// An old copy: the session ends.
    Stale,
}

impl Decision {
    /// Whether it leads to an access token.
    pub(crate) const fn grants(self) -> bool {
        match self {
            Self::Advance | Self::Static | Self::Repeated | Self::Raced { .. } | Self::Behind => {
                true
            }
            Self::Unknown
            | Self::Over(_)
            | Self::Forked
            | Self::Late
            | Self::Lost
            | Self::Stale => false,
        }
    }

    /// The name under which it is counted.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Over(_) => "over",
            Self::Static => "static",
            Self::Advance => "advance",
            Self::Repeated => "repeated",
            Self::Raced { .. } => "raced",
            Self::Forked => "forked",
            Self::Late => "late",
            Self::Behind => "behind",
            Self::Lost => "lost",
            Self::Stale => "stale",
        }
    }
}

/// Says what a presented token comes to when the statement that advances matched nothing: the first
/// rule that fits.
pub(crate) fn decide(
    row: Option<&SessionRow>,
    presented: &Presented,
    now: i64,
    grace: i64,
) -> Decision {
    let Some(row) = row.filter(|row| row.secret_hash == presented.secret_hash) else {
        return Decision::Unknown;
    };
    if let Some(code) = over(row, now) {
        return Decision::Over(code);
    }
    if row.delivery == Delivery::Static.as_str() {
        return Decision::Static;
    }
    let is_past = presented.attempt.as_ref().is_some_and(|attempt| is_among_past(row, attempt));
    let ahead = presented.generation - row.generation;
    match ahead {
        0 if is_past => Decision::Late,
        0 => Decision::Advance,
        -1 if is_the_row_s(row, presented) => Decision::Repeated,
        -1 if !is_past && now - row.rotated_at <= grace => raced(row, presented),
        ..0 if is_past => Decision::Late,
        1 => Decision::Behind,
        2.. => Decision::Lost,
        _ => Decision::Stale,
    }
}

/// Why a session is over, if it is.
pub(crate) fn over(row: &SessionRow, now: i64) -> Option<ErrorCode> {
    if row.ended_at.is_some() {
        let reason = row.ended_because.as_deref().unwrap_or_default();
        return Some(EndReason::parse(reason).code());
    }
    if row.user_disabled_at.is_some() {
        return Some(ErrorCode::AccountDisabled);
    }
    if row.user_epoch != row.epoch_now {
        return Some(ErrorCode::PasswordChanged);
    }
    (row.idle_expires_at <= now || row.expires_at <= now).then_some(ErrorCode::SessionExpired)
}

fn is_among_past(row: &SessionRow, attempt: &str) -> bool {
    row.past_attempts.split(' ').any(|past| past == attempt)
}

/// Whether the attempt, or the one before it, is the one that made the current generation.
fn is_the_row_s(row: &SessionRow, presented: &Presented) -> bool {
    row.attempt.is_some() && [&presented.attempt, &presented.previous].contains(&&row.attempt)
}

fn raced(row: &SessionRow, presented: &Presented) -> Decision {
    // A client without attempts cannot be told from another one without; once a session has used
    // attempts, a missing one is a different one.
    let uses_attempts =
        row.attempt.is_some() || !row.past_attempts.is_empty() || presented.attempt.is_some();
    if !uses_attempts {
        return Decision::Raced { generation: row.raced_generation, run: row.raced_run };
    }
    let run = match row.generation - row.raced_generation {
        0 if row.raced_run > 0 => row.raced_run,
        1 => row.raced_run + 1,
        _ => 1,
    };
    if run >= FORK_AFTER {
        Decision::Forked
    } else {
        Decision::Raced { generation: row.generation, run }
    }
}

#[cfg(test)]
mod tests;
