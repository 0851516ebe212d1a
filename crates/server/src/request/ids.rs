use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use crate::random::{Random, id_of};

/// Bytes of chance in a name.
const BYTES: usize = 10;

/// Names for which chance is drawn at once.
const AT_ONCE: usize = 256;

/// Names requests by UUIDv7 (RFC 9562 §5.7). Drawing chance from the system for each costs more than
/// all else about a name, and counting would tell everybody how many requests there are.
#[derive(Debug)]
pub(super) struct RequestIds {
    random: Arc<dyn Random>,
    drawn: Mutex<Vec<[u8; BYTES]>>,
}

impl RequestIds {
    pub(super) fn new(random: Arc<dyn Random>) -> Self {
        Self { random, drawn: Mutex::default() }
    }

    pub(super) fn next(&self, now_millis: i64) -> Uuid {
        id_of(now_millis, self.chance())
    }

    fn chance(&self) -> [u8; BYTES] {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(chance) = drawn.pop() {
            return chance;
        }
        let bytes = self.random.bytes::<{ BYTES * AT_ONCE }>();
        drawn.extend_from_slice(bytes.as_chunks().0);
        drawn.pop().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::random::SystemRandom;

    #[test]
    fn no_two_requests_of_a_millisecond_have_the_same_name() {
        let ids = RequestIds::new(Arc::new(SystemRandom));
        let many = 3 * AT_ONCE;
        let names: HashSet<Uuid> = (0..many).map(|_| ids.next(1)).collect();
        assert_eq!(names.len(), many);
        assert!(names.iter().all(|name| name.get_version_num() == 7));
    }

    #[test]
    fn names_are_in_the_order_of_time() {
        let ids = RequestIds::new(Arc::new(SystemRandom));
        assert!(ids.next(1) < ids.next(2));
    }
}
