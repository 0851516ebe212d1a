use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::limits::ConnectionLimits;

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It was opened and has sent nothing.
    Silent,
    /// A part of a request's head has come.
    Head,
    /// The head is there, the answer is not. The time is that of the head's first byte.
    Request,
    /// The answer is on its way.
    Answer,
    /// The answer has been written, and a further request may come.
    Idle,
    /// It is no longer HTTP (a WebSocket, say).
    Upgraded,
    /// It has to make room for another one.
    Evicted,
}

impl Phase {
    const ALL: [Self; 7] = [
        Self::Silent,
        Self::Head,
        Self::Request,
        Self::Answer,
        Self::Idle,
        Self::Upgraded,
        Self::Evicted,
    ];
    const BITS: u32 = 3;

    fn at(self, millis: u64) -> u64 {
        millis << Self::BITS | self as u64
    }

    fn of(word: u64) -> (Self, u64) {
        let index = usize::try_from(word & ((1 << Self::BITS) - 1)).unwrap_or_default();
        (Self::ALL.get(index).copied().unwrap_or(Self::Evicted), word >> Self::BITS)
    }

    /// Whether nobody loses anything when the connection is closed now, except to open another.
    fn is_waiting(self) -> bool {
        matches!(self, Self::Silent | Self::Head | Self::Idle)
    }
}

/// What a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WaitsFor {
    /// A request, or a further one.
    Request,
    /// The rest of a request.
    Sending,
    /// An answer of ours.
    Us,
    /// That the client takes its answer.
    Taking,
}

/// How much has passed in one direction since it was first waited for.
#[derive(Debug, Default)]
struct Flow {
    is_waiting: AtomicBool,
    /// When it was first waited for, in milliseconds and one more; zero for not yet.
    since: AtomicU64,
    bytes: AtomicU64,
}

impl Flow {
    fn wait(&self, now: impl FnOnce() -> u64) {
        if self.since.load(Relaxed) == 0 {
            self.bytes.store(0, Relaxed);
            self.since.store(now() + 1, Relaxed);
        }
        self.is_waiting.store(true, Relaxed);
    }

    fn pass(&self, bytes: usize) {
        self.is_waiting.store(false, Relaxed);
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }

    fn reset(&self) {
        if self.since.load(Relaxed) != 0 {
            self.is_waiting.store(false, Relaxed);
            self.since.store(0, Relaxed);
        }
    }

    /// When it is too slow unless more has passed by then.
    fn deadline(&self, limits: &ConnectionLimits) -> u64 {
        if !self.is_waiting.load(Relaxed) {
            return u64::MAX;
        }
        let earned =
            self.bytes.load(Relaxed).saturating_mul(1_000) / u64::from(limits.min_rate.max(1));
        self.since.load(Relaxed).saturating_add(millis(limits.stall)).saturating_add(earned)
    }
}

/// What a connection is doing and since when. Its timer, the search for room and the connection
/// itself share this state without a lock. Times are those of [`super::registry::now`].
#[derive(Debug)]
pub(super) struct Activity {
    word: AtomicU64,
    body: Flow,
    answer: Flow,
}

impl Activity {
    pub(super) fn new(now: u64) -> Self {
        Self {
            word: AtomicU64::new(Phase::Silent.at(now)),
            body: Flow::default(),
            answer: Flow::default(),
        }
    }

    pub(super) fn phase(&self) -> (Phase, u64) {
        Phase::of(self.word.load(Relaxed))
    }

    /// Bytes have come. `false` where the connection has to go.
    pub(super) fn received(&self, now: impl FnOnce() -> u64) -> bool {
        let word = self.word.load(Relaxed);
        match Phase::of(word).0 {
            Phase::Silent | Phase::Idle => self.turn(word, Phase::Head.at(now())),
            Phase::Evicted => false,
            Phase::Head | Phase::Request | Phase::Answer | Phase::Upgraded => true,
        }
    }

    /// The head of a request is whole. `false` where the connection has to go.
    pub(super) fn request_begins(&self, now: impl FnOnce() -> u64) -> bool {
        self.body.reset();
        let word = self.word.load(Relaxed);
        match Phase::of(word) {
            (Phase::Evicted, _) => false,
            (Phase::Head, since) => self.turn(word, Phase::Request.at(since)),
            // It came along with the request before.
            _ => self.turn(word, Phase::Request.at(now())),
        }
    }

    /// The head of the answer is there.
    pub(super) fn answer_begins(&self) {
        self.word.store(Phase::Answer.at(0), Relaxed);
    }

    /// All of the answer was handed over to be written.
    pub(super) fn answered(&self, now: u64) {
        self.word.store(Phase::Idle.at(now), Relaxed);
    }

    /// HTTP has ended: another protocol has taken the connection over.
    pub(super) fn upgraded(&self) {
        self.word.store(Phase::Upgraded.at(0), Relaxed);
    }

    /// The request's body is waited for.
    pub(super) fn body_waits(&self, now: impl FnOnce() -> u64) {
        self.body.wait(now);
    }

    /// A part of the request's body has come.
    pub(super) fn body_came(&self, bytes: usize) {
        self.body.pass(bytes);
    }

    /// The client takes nothing more at the moment.
    pub(super) fn write_waits(&self, now: impl FnOnce() -> u64) {
        self.answer.wait(now);
    }

    /// The client has taken something; `is_all` when nothing is left to be taken.
    pub(super) fn write_went(&self, bytes: usize, is_all: bool, now: impl FnOnce() -> u64) {
        if self.answer.since.load(Relaxed) == 0 {
            return;
        }
        self.answer.pass(bytes);
        if is_all {
            self.answer.reset();
            let word = self.word.load(Relaxed);
            if Phase::of(word).0 == Phase::Idle {
                self.turn(word, Phase::Idle.at(now()));
            }
        }
    }

    /// Since when it could be closed without harm, if it could.
    pub(super) fn waiting_since(&self) -> Option<u64> {
        let (phase, since) = self.phase();
        let is_writing = self.answer.is_waiting.load(Relaxed);
        (phase.is_waiting() && !is_writing).then_some(since)
    }

    /// Claims the connection for closing, if it can be closed without harm.
    pub(super) fn evict(&self) -> bool {
        let word = self.word.load(Relaxed);
        Phase::of(word).0.is_waiting() && self.turn(word, Phase::Evicted.at(0))
    }

    /// When it is overdue unless something happens.
    pub(super) fn deadline(&self, limits: &ConnectionLimits, is_proxy: bool) -> u64 {
        let writing = self.answer.deadline(limits);
        let idle = if is_proxy { limits.proxy_idle } else { limits.idle };
        let first = if is_proxy { limits.proxy_idle } else { limits.head };
        let by_phase = match self.phase() {
            (Phase::Silent, since) => since + millis(first),
            (Phase::Head, since) => since + millis(limits.head),
            (Phase::Request, since) => {
                (since + millis(limits.request)).min(self.body.deadline(limits))
            }
            (Phase::Idle, since) if writing == u64::MAX => since + millis(idle),
            (Phase::Idle | Phase::Answer | Phase::Upgraded, _) => u64::MAX,
            (Phase::Evicted, _) => 0,
        };
        by_phase.min(writing)
    }

    /// What a connection that is overdue was waiting for.
    pub(super) fn waits_for(&self) -> WaitsFor {
        let is_sending = self.body.is_waiting.load(Relaxed);
        match self.phase().0 {
            _ if self.answer.is_waiting.load(Relaxed) => WaitsFor::Taking,
            Phase::Head => WaitsFor::Sending,
            Phase::Request if is_sending => WaitsFor::Sending,
            Phase::Request => WaitsFor::Us,
            Phase::Silent | Phase::Answer | Phase::Idle | Phase::Upgraded | Phase::Evicted => {
                WaitsFor::Request
            }
        }
    }

    fn turn(&self, from: u64, to: u64) -> bool {
        self.word.compare_exchange(from, to, Relaxed, Relaxed).is_ok()
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> ConnectionLimits {
        let seconds = Duration::from_secs;
        ConnectionLimits {
            max_connections: 1,
            max_per_network: 1,
            exempt: Vec::new(),
            proxies: Vec::new(),
            head: seconds(10),
            idle: seconds(75),
            proxy_idle: seconds(620),
            stall: seconds(20),
            min_rate: 500,
            request: seconds(60),
            drain: seconds(8),
        }
    }

    fn deadline(activity: &Activity) -> u64 {
        activity.deadline(&limits(), false)
    }

    #[test]
    fn each_phase_has_its_time() {
        let activity = Activity::new(1_000);
        assert_eq!(deadline(&activity), 11_000);
        assert_eq!(activity.deadline(&limits(), true), 621_000);
        assert!(activity.received(|| 5_000) && activity.received(|| 9_000));
        assert_eq!(deadline(&activity), 15_000);
        assert!(activity.request_begins(|| unreachable!()));
        assert_eq!(deadline(&activity), 65_000);
        activity.answer_begins();
        assert_eq!(deadline(&activity), u64::MAX);
        activity.answered(70_000);
        assert_eq!(deadline(&activity), 145_000);
        assert_eq!(activity.deadline(&limits(), true), 690_000);
    }

    #[test]
    fn a_body_that_trickles_earns_no_more_time_than_its_bytes_are_worth() {
        let activity = Activity::new(0);
        assert!(activity.received(|| 0) && activity.request_begins(|| 0));
        activity.body_waits(|| 100);
        assert_eq!(deadline(&activity), 20_101);
        for now in 1..=10 {
            activity.body_came(1);
            activity.body_waits(|| now * 1_000);
        }
        assert_eq!(deadline(&activity), 20_101 + 20);
        activity.body_came(500);
        assert_eq!(deadline(&activity), 60_000);
        assert!(activity.request_begins(|| 30_000));
        activity.body_waits(|| 31_000);
        assert_eq!(deadline(&activity), 51_001);
    }

    #[test]
    fn an_answer_that_nobody_takes_is_given_up_and_rests_only_once_it_was_taken() {
        let activity = Activity::new(0);
        assert!(activity.received(|| 0) && activity.request_begins(|| 0));
        activity.answer_begins();
        activity.write_waits(|| 1_000);
        activity.answered(1_000);
        assert_eq!((deadline(&activity), activity.waiting_since()), (21_001, None));
        activity.write_went(1_000, false, || unreachable!());
        activity.write_waits(|| unreachable!());
        assert_eq!(deadline(&activity), 23_001);
        activity.write_went(10, true, || 22_000);
        assert_eq!((deadline(&activity), activity.waiting_since()), (97_000, Some(22_000)));
    }

    #[test]
    fn only_who_waits_makes_room_and_then_nothing_more_is_taken_from_them() {
        let activity = Activity::new(0);
        assert!(activity.received(|| 1) && activity.request_begins(|| 1));
        assert!(!activity.evict());
        activity.answer_begins();
        assert!(!activity.evict());
        activity.answered(2);
        assert!(activity.evict());
        assert!(!activity.received(|| 3) && !activity.request_begins(|| 3) && !activity.evict());
    }
}
