use super::*;

/// Begins that many sessions and counts no commit of it.
async fn begun(kept: &Kept, count: usize) -> Vec<String> {
    let ids: Vec<String> = (0..count).map(|number| format!("session {number}")).collect();
    for id in &ids {
        kept.begin(&session(id.clone()), None).await.unwrap().unwrap();
    }
    kept.commits();
    ids
}

impl Kept {
    /// A write and a step that both wait for their turn before either has it.
    async fn record_and_advance(
        &self,
        id: &str,
        step: &Advancement,
    ) -> (Result<(), StoreError>, Result<Option<Advanced>, StoreError>) {
        let WriteDatabase::Sqlite(writer) = &self.store.write else { panic!("it is SQLite") };
        let line = writer.line.lock().await;
        let both_wait = async {
            // The step waits in a task of its own.
            tokio::task::yield_now().await;
            drop(line);
        };
        let (recorded, advanced, ()) =
            tokio::join!(self.record(id), self.store.advance(step), both_wait);
        (recorded, advanced)
    }
}

#[tokio::test]
async fn each_of_many_steps_gets_its_own_session() {
    let kept = Kept::new().await;
    let ids = begun(&kept, 150).await;
    let odd = |number: usize| i64::from(number % 2 == 1);
    let taken = join_all(ids.iter().enumerate().map(async |(number, id)| {
        let expected_generation = odd(number);
        kept.store.advance(&Advancement { expected_generation, ..step(id) }).await
    }));
    for (number, (id, taken)) in ids.iter().zip(taken.await).enumerate() {
        let session = taken.unwrap().map(|advanced| advanced.session_id);
        let expected = (odd(number) == 0).then(|| id.clone());
        assert_eq!(session, expected, "a step from a generation that never was leads nowhere");
    }
}

#[tokio::test]
async fn of_steps_of_a_session_that_come_together_the_one_that_is_answered_is_in_the_row() {
    let kept = Kept::new().await;
    let ids = begun(&kept, 8).await;
    let attempts = ["first", "second", "third"];
    let tries = attempts.iter().flat_map(|attempt| ids.iter().map(move |id| (attempt, id)));
    let taken = join_all(tries.map(async |(attempt, id)| {
        let attempt = Some((*attempt).to_owned());
        kept.store.advance(&Advancement { attempt, ..step(id) }).await
    }));
    let taken: Vec<bool> = taken.await.into_iter().map(|taken| taken.unwrap().is_some()).collect();
    for (number, id) in ids.iter().enumerate() {
        let answered = attempts.iter().zip(taken.iter().skip(number).step_by(ids.len()));
        let answered: Vec<&str> =
            answered.filter(|(_, is)| **is).map(|(attempt, _)| *attempt).collect();
        let row = kept.store.session_row(id).await.unwrap().unwrap();
        assert_eq!((row.generation, answered), (1, Vec::from_iter(row.attempt.as_deref())));
    }
}

#[tokio::test]
async fn steps_that_are_not_committed_are_not_acknowledged() {
    let kept = Kept::new().await;
    let ids = begun(&kept, 8).await;
    kept.before_commits(|| false).await;
    let taken = join_all(ids.iter().map(async |id| kept.store.advance(&step(id)).await)).await;
    assert!(taken.into_iter().all(|taken| matches!(taken, Err(StoreError::NotCommitted))));
    let again = join_all(ids.iter().map(async |id| kept.store.advance(&step(id)).await)).await;
    assert!(again.into_iter().all(|taken| taken.unwrap().unwrap().generation == 1));
}

#[tokio::test]
async fn a_step_among_other_writes_is_acknowledged_when_they_are_committed() {
    let kept = Kept::new().await;
    let ids = begun(&kept, 1).await;
    let first = step(&ids[0]);
    let (recorded, taken) = kept.record_and_advance("1", &first).await;
    assert_eq!((recorded.is_ok(), taken.unwrap().is_some(), kept.commits()), (true, true, 1));
    let next = Advancement { expected_generation: 1, new_generation: 2, ..first };
    kept.before_commits(|| false).await;
    let (recorded, taken) = kept.record_and_advance("2", &next).await;
    assert!(matches!(recorded, Err(StoreError::NotCommitted)));
    assert!(matches!(taken, Err(StoreError::NotCommitted)), "{taken:?}");
    assert_eq!(kept.store.advance(&next).await.unwrap().unwrap().generation, 2);
}

#[tokio::test]
async fn a_step_whose_caller_has_gone_harms_no_other() {
    let kept = Kept::new().await;
    let ids = begun(&kept, 3).await;
    for polls in 0..6 {
        let gone = step(&ids[0]);
        let mut going = Box::pin(kept.store.advance(&gone));
        for _ in 0..polls {
            let is_ready = poll_fn(|context| Poll::Ready(going.as_mut().poll(context).is_ready()));
            if is_ready.await {
                break;
            }
        }
        let stays =
            Advancement { expected_generation: polls, new_generation: polls + 1, ..step(&ids[1]) };
        let staying = kept.store.advance(&stays);
        drop(going);
        assert_eq!(staying.await.unwrap().unwrap().generation, polls + 1);
    }
}

#[tokio::test]
async fn a_step_whose_caller_has_gone_before_its_turn_is_not_taken() {
    let kept = Kept::new().await;
    let ids = begun(&kept, 2).await;
    let WriteDatabase::Sqlite(writer) = &kept.store.write else { panic!("it is SQLite") };
    for more in [false, true] {
        let turn = writer.turn().await.unwrap();
        let gone = step(&ids[0]);
        let mut going = Box::pin(kept.store.advance(&gone));
        assert!(poll_fn(|context| Poll::Ready(going.as_mut().poll(context).is_pending())).await);
        drop(going);
        // Its turn comes now, or with that of another.
        turn.end(Ok(())).await.unwrap();
        for _ in 0..if more { 0 } else { 100 } {
            tokio::task::yield_now().await;
        }
        let stays = Advancement {
            expected_generation: i64::from(more),
            new_generation: i64::from(more) + 1,
            ..step(&ids[1])
        };
        assert!(kept.store.advance(&stays).await.unwrap().is_some());
        assert_eq!(kept.store.session_row(&ids[0]).await.unwrap().unwrap().generation, 0);
    }
}

#[tokio::test]
async fn an_account_that_cannot_be_read_harms_no_other() {
    let kept = Kept::new().await;
    kept.store.add_user(&user("bob")).await.unwrap();
    let ids = begun(&kept, 2).await;
    let of_bob = NewSession { user_id: "bob".to_owned(), ..session("of bob".to_owned()) };
    kept.begin(&of_bob, None).await.unwrap().unwrap();
    let WriteDatabase::Sqlite(writer) = &kept.store.write else { panic!("it is SQLite") };
    let mut turn = writer.turn().await.unwrap();
    let sql = "UPDATE users SET name = x'ff' WHERE id = 'bob'";
    let damaged = sqlx::query(sql).execute(turn.connection()).await.map_err(StoreError::from);
    turn.end(damaged).await.unwrap();
    let all = [ids[0].as_str(), "of bob", ids[1].as_str()];
    let taken = join_all(all.map(async |id| kept.store.advance(&step(id)).await)).await;
    assert!(matches!(taken[1], Err(StoreError::Database(sqlx::Error::ColumnDecode { .. }))));
    assert!(taken[0].is_ok() && taken[2].is_ok());
}
