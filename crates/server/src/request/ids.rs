use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use crate::random::{Random, id_of};

/// Names requests by UUIDv7 (RFC 9562 §5.7) whose random part is drawn once and then counted on
/// (§6.2): chance from the system costs more than all else about a name, and nobody is let in for
/// knowing one.
#[derive(Debug)]
pub(super) struct RequestIds {
    drawn: [u8; 2],
    next: AtomicU64,
}

impl RequestIds {
    pub(super) fn new(random: &dyn Random) -> Self {
        let next = AtomicU64::new(u64::from_be_bytes(random.bytes()));
        Self { drawn: random.bytes(), next }
    }

    pub(super) fn next(&self, now_millis: i64) -> Uuid {
        let mut rest = [0; 10];
        let (drawn, counted) = rest.split_at_mut(self.drawn.len());
        drawn.copy_from_slice(&self.drawn);
        counted.copy_from_slice(&self.next.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        id_of(now_millis, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    #[test]
    fn two_requests_of_a_millisecond_have_two_names_and_so_have_those_of_two_processes() {
        let processes = [RequestIds::new(&SystemRandom), RequestIds::new(&SystemRandom)];
        let mut ids: Vec<Uuid> =
            processes.iter().flat_map(|ids| [ids.next(1), ids.next(1), ids.next(1)]).collect();
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 6);
    }

    #[test]
    fn names_are_in_the_order_of_time() {
        let ids = RequestIds::new(&SystemRandom);
        assert!(ids.next(1) < ids.next(2));
    }
}
