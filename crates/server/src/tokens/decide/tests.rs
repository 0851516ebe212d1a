use super::*;

const NOW: i64 = 1_800_000_000;
const GRACE: i64 = 10;

/// A session at generation 5, made by attempt `e` three seconds ago; `b` to `e` were answered.
fn row() -> SessionRow {
    SessionRow {
        user_id: "u".to_owned(),
        secret_hash: "secret".to_owned(),
        delivery: "body".to_owned(),
        generation: 5,
        attempt: Some("e".to_owned()),
        past_attempts: "e d c b ".to_owned(),
        rotated_at: NOW - 3,
        last_used_at: NOW - 3,
        raced_generation: 0,
        raced_run: 0,
        idle_expires_at: NOW + 1000,
        expires_at: NOW + 9000,
        ended_at: None,
        ended_because: None,
        user_epoch: 1,
        epoch_now: 1,
        user_disabled_at: None,
    }
}

fn presented(generation: i64, attempt: Option<&str>, previous: Option<&str>) -> Presented {
    Presented {
        generation,
        secret_hash: "secret".to_owned(),
        attempt: attempt.map(str::to_owned),
        previous: previous.map(str::to_owned),
    }
}

fn of(
    row: &SessionRow,
    generation: i64,
    attempt: Option<&str>,
    previous: Option<&str>,
) -> Decision {
    decide(Some(row), &presented(generation, attempt, previous), NOW, GRACE)
}

#[test]
fn the_table_of_the_design_row_by_row() {
    let first_race = Decision::Raced { generation: 5, run: 1 };
    for (generation, attempt, previous, expected) in [
        // The current generation.
        (5, None, None, Decision::Advance),
        (5, Some("f"), Some("e"), Decision::Advance),
        (5, Some("e"), None, Decision::Late),
        (5, Some("b"), None, Decision::Late),
        // The one before, whose answer was lost.
        (4, Some("e"), None, Decision::Repeated),
        (4, Some("f"), Some("e"), Decision::Repeated),
        // The one before, from another tab within the grace.
        (4, Some("f"), Some("d"), first_race),
        (4, Some("f"), None, first_race),
        (4, None, None, first_race),
        // The one before, with an attempt that was answered already.
        (4, Some("d"), None, Decision::Late),
        (4, Some("d"), Some("c"), Decision::Late),
        // Older ones.
        (3, Some("c"), None, Decision::Late),
        (3, Some("f"), Some("e"), Decision::Stale),
        (3, None, None, Decision::Stale),
        (0, Some("a"), None, Decision::Stale),
        // Ahead of the database.
        (6, None, None, Decision::Behind),
        (6, Some("f"), Some("e"), Decision::Behind),
        (7, None, None, Decision::Lost),
        (4_000_000_000, None, None, Decision::Lost),
    ] {
        let decision = of(&row(), generation, attempt, previous);
        assert_eq!(decision, expected, "generation {generation}, {attempt:?}, {previous:?}");
    }
}

#[test]
fn without_the_session_or_its_secret_nothing_is_known() {
    let mut other = presented(5, None, None);
    other.secret_hash = "guess".to_owned();
    assert_eq!(decide(Some(&row()), &other, NOW, GRACE), Decision::Unknown);
    assert_eq!(decide(None, &presented(5, None, None), NOW, GRACE), Decision::Unknown);
}

#[test]
fn whatever_is_over_is_over_for_every_generation() {
    let over = |change: fn(&mut SessionRow)| {
        let mut row = row();
        change(&mut row);
        row
    };
    for (row, code) in [
        (over(|row| row.ended_at = Some(NOW - 1)), ErrorCode::SessionEnded),
        (
            over(|row| {
                row.ended_at = Some(NOW - 1);
                row.ended_because = Some("reused".to_owned());
            }),
            ErrorCode::SessionReused,
        ),
        (over(|row| row.user_disabled_at = Some(NOW - 1)), ErrorCode::AccountDisabled),
        (over(|row| row.epoch_now = 2), ErrorCode::PasswordChanged),
        (over(|row| row.idle_expires_at = NOW), ErrorCode::SessionExpired),
        (over(|row| row.expires_at = NOW), ErrorCode::SessionExpired),
    ] {
        for generation in [0, 3, 4, 5, 6, 7] {
            assert_eq!(of(&row, generation, Some("f"), Some("e")), Decision::Over(code));
        }
    }
}

#[test]
fn a_static_session_gives_an_access_token_to_every_generation_until_it_is_over() {
    let mut row = row();
    row.delivery = "static".to_owned();
    for generation in [0, 3, 4, 5, 6, 7] {
        for attempt in [None, Some("e"), Some("f")] {
            assert_eq!(of(&row, generation, attempt, None), Decision::Static);
        }
    }
    row.expires_at = NOW;
    assert_eq!(of(&row, 5, None, None), Decision::Over(ErrorCode::SessionExpired));
    row.secret_hash = "another".to_owned();
    assert_eq!(of(&row, 5, None, None), Decision::Unknown);
}

#[test]
fn the_grace_ends_ten_seconds_after_the_rotation() {
    let mut row = row();
    row.rotated_at = NOW - GRACE;
    assert_eq!(of(&row, 4, Some("f"), None), Decision::Raced { generation: 5, run: 1 });
    row.rotated_at = NOW - GRACE - 1;
    assert_eq!(of(&row, 4, Some("f"), None), Decision::Stale);
    assert_eq!(of(&row, 4, None, None), Decision::Stale);
}

#[test]
fn a_lost_answer_can_be_asked_for_a_year_later() {
    let mut row = row();
    row.rotated_at = NOW - 365 * 86_400;
    assert_eq!(of(&row, 4, Some("e"), None), Decision::Repeated);
    assert_eq!(of(&row, 4, Some("f"), Some("e")), Decision::Repeated);
}

#[test]
fn three_races_running_are_a_fork() {
    let mut row = row();
    (row.raced_generation, row.raced_run) = (4, 1);
    assert_eq!(of(&row, 4, Some("f"), None), Decision::Raced { generation: 5, run: 2 });
    (row.raced_generation, row.raced_run) = (4, 2);
    assert_eq!(of(&row, 4, Some("f"), None), Decision::Forked);
    assert_eq!(of(&row, 4, None, None), Decision::Forked);
}

#[test]
fn many_races_for_one_generation_count_once() {
    let mut row = row();
    (row.raced_generation, row.raced_run) = (5, 2);
    assert_eq!(of(&row, 4, Some("g"), None), Decision::Raced { generation: 5, run: 2 });
}

#[test]
fn a_generation_without_a_race_starts_the_count_anew() {
    let mut row = row();
    (row.raced_generation, row.raced_run) = (3, 2);
    assert_eq!(of(&row, 4, Some("f"), None), Decision::Raced { generation: 5, run: 1 });
}

#[test]
fn a_client_that_never_used_attempts_races_without_being_counted() {
    let mut row = row();
    (row.attempt, row.past_attempts) = (None, String::new());
    (row.raced_generation, row.raced_run) = (4, 2);
    assert_eq!(of(&row, 4, None, None), Decision::Raced { generation: 4, run: 2 });
}

#[test]
fn an_absent_attempt_is_not_the_row_s_absent_attempt() {
    let mut row = row();
    row.attempt = None;
    row.rotated_at = NOW - 3600;
    assert_eq!(of(&row, 4, None, None), Decision::Stale);
}
