use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use super::TooMany;
use super::rates::{Rate, seconds};

/// The most buckets of one table.
pub(super) const MOST: usize = 50_000;

/// Buckets of one purpose. A bucket is the moment at which it will be full, by a clock that nobody can
/// set; a full one is not kept, since it says no more than an absent one. Where there is no room, the
/// fullest bucket goes: a flood of new keys evicts the flood's own buckets, never an empty one,
/// which is one that throttles somebody. Every step takes logarithmic time.
#[derive(Debug)]
pub(super) struct Table<K> {
    rate: Rate,
    most: usize,
    full_at: HashMap<K, i64>,
    fullest: BTreeSet<(i64, K)>,
}

impl<K: Copy + Eq + Hash + Ord> Table<K> {
    pub(super) fn new(rate: Rate) -> Self {
        Self { rate, most: MOST, full_at: HashMap::new(), fullest: BTreeSet::new() }
    }

    /// Milliseconds until the bucket has a token; 0 when it has one.
    pub(super) fn wait(&self, key: &K, now: i64) -> i64 {
        let room = self.rate.fill_millis() - self.rate.refill_millis;
        (self.until_full(key, now) - room).max(0)
    }

    /// Takes a token, of which there must be one.
    pub(super) fn take(&mut self, key: K, now: i64) {
        let full_at = now + self.until_full(&key, now) + self.rate.refill_millis;
        if !self.full_at.contains_key(&key) {
            self.make_room(now);
        }
        self.set(key, full_at);
    }

    /// Takes a token if there is one.
    pub(super) fn try_take(&mut self, key: K, now: i64) -> Result<(), TooMany> {
        seconds(self.wait(&key, now))?;
        self.take(key, now);
        Ok(())
    }

    /// Gives back a token that was taken.
    pub(super) fn give_back(&mut self, key: K, now: i64) {
        match self.until_full(&key, now) - self.rate.refill_millis {
            until_full @ 1.. => self.set(key, now + until_full),
            _ => self.remove(&key),
        }
    }

    fn until_full(&self, key: &K, now: i64) -> i64 {
        self.full_at.get(key).map_or(0, |full_at| full_at.saturating_sub(now).max(0))
    }

    fn set(&mut self, key: K, full_at: i64) {
        self.remove(&key);
        self.full_at.insert(key, full_at);
        self.fullest.insert((full_at, key));
    }

    fn remove(&mut self, key: &K) {
        if let Some(full_at) = self.full_at.remove(key) {
            self.fullest.remove(&(full_at, *key));
        }
    }

    /// Drops two buckets that are full by now, so that a table shrinks faster than it grows, and the
    /// fullest one where there is still no room.
    fn make_room(&mut self, now: i64) {
        for _ in 0..2 {
            let Some(&(full_at, key)) = self.fullest.first() else { return };
            if full_at > now && self.full_at.len() < self.most {
                return;
            }
            self.fullest.pop_first();
            self.full_at.remove(&key);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.full_at.len(), self.fullest.len());
        self.full_at.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five tokens, one more each minute, and room for three buckets.
    fn table() -> Table<u32> {
        let rate = Rate { capacity: 5, refill_millis: 60_000 };
        Table { most: 3, ..Table::new(rate) }
    }

    fn takes(table: &mut Table<u32>, key: u32, now: i64) -> usize {
        (0..100).take_while(|_| table.try_take(key, now).is_ok()).count()
    }

    #[test]
    fn a_bucket_has_its_tokens_at_once_and_then_one_each_time_it_is_refilled() {
        let mut table = table();
        assert_eq!(takes(&mut table, 1, 0), 5);
        assert_eq!(table.try_take(1, 0), Err(TooMany { retry_after: 60 }));
        assert_eq!(table.try_take(1, 58_500), Err(TooMany { retry_after: 2 }));
        assert_eq!(takes(&mut table, 1, 60_000), 1);
        assert_eq!(takes(&mut table, 1, 600_000), 5);
    }

    #[test]
    fn a_token_that_is_given_back_can_be_taken_again_and_no_more_than_that() {
        let mut table = table();
        for _ in 0..100 {
            table.try_take(1, 0).unwrap();
            table.give_back(1, 0);
        }
        assert_eq!(table.len(), 0);
        table.give_back(1, 0);
        assert_eq!(takes(&mut table, 1, 0), 5);
    }

    #[test]
    fn a_refusal_keeps_nothing_of_a_key() {
        let table = table();
        assert_eq!(table.wait(&1, 0), 0);
        assert_eq!(table.len(), 0);
    }

    #[test]
    fn a_flood_of_keys_evicts_its_own_buckets_and_not_the_one_that_throttles() {
        let mut table = table();
        assert_eq!(takes(&mut table, 1, 0), 5);
        for key in 2..1_000 {
            table.try_take(key, 0).unwrap();
            assert!(table.len() <= 3);
        }
        assert!(table.try_take(1, 0).is_err());
    }

    #[test]
    fn buckets_that_are_full_again_are_dropped() {
        let mut table = Table { most: 100, ..table() };
        for key in 0..100 {
            table.take(key, 0);
        }
        for key in 100..200 {
            table.take(key, 60_000);
        }
        assert_eq!(table.len(), 100);
        for key in 200..300 {
            table.take(key, 60_000);
        }
        assert!(table.fullest.first().is_some_and(|(full_at, _)| *full_at > 60_000));
    }
}
