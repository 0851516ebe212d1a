use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::HasherError;
use super::memory::Memory;

/// How many may wait for each thread: at the cost that the settings have by default the last of
/// them waits for a second.
const WAITING_PER_THREAD: usize = 40;

/// How much less the threads weigh than those that serve: a tenth. On a quiet machine that changes
/// nothing; in a flood of logins everybody else is still answered at once.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

type Work = Box<dyn FnOnce(&mut Memory) + Send>;

/// Threads that do nothing but hash, and the queue in front of them. It has an end: who finds no
/// place is told so at once, which costs nothing, and those who have one are served in time.
#[derive(Debug)]
pub(super) struct Workers {
    places: Arc<Semaphore>,
    work: Sender<Work>,
    /// How much work there was.
    #[cfg(test)]
    pub(super) handed_over: std::sync::atomic::AtomicUsize,
}

/// A place in the queue, given up when the work is done.
#[derive(Debug)]
pub(crate) struct Place(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

impl Workers {
    /// So many threads, which end with it.
    pub(super) fn start(threads: usize) -> Result<Self, HasherError> {
        let (work, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..threads {
            let queue = Arc::clone(&queue);
            let thread = thread::Builder::new().name("carnet-password".to_owned());
            let started = thread.spawn(move || work_off(&queue));
            started.map_err(|error| HasherError::Failed(error.to_string()))?;
        }
        let places = Arc::new(Semaphore::new(threads * (1 + WAITING_PER_THREAD)));
        Ok(Self {
            places,
            work,
            #[cfg(test)]
            handed_over: 0.into(),
        })
    }

    /// Whether there is no place at this moment.
    pub(super) fn are_busy(&self) -> bool {
        self.places.available_permits() == 0
    }

    /// Takes a place.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn place(&self) -> Result<Place, HasherError> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        place.map(Place).map_err(|_| HasherError::Busy)
    }

    /// Does the work when its turn comes; not at all when the caller has gone by then.
    ///
    /// # Errors
    /// When it panics.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        place: Place,
        work: impl FnOnce(&mut Memory) -> Result<T, HasherError> + Send + 'static,
    ) -> Result<T, HasherError> {
        let (answer, answered) = oneshot::channel();
        let work = move |memory: &mut Memory| {
            if !answer.is_closed() {
                // Nobody is told who has gone meanwhile.
                let _ = answer.send(work(memory));
            }
            drop(place);
        };
        let failed = |reason: &str| HasherError::Failed(reason.to_owned());
        self.work.send(Box::new(work)).map_err(|_| failed("its threads have ended"))?;
        #[cfg(test)]
        self.handed_over.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        answered.await.unwrap_or_else(|_| Err(failed("it panicked")))
    }
}

fn work_off(queue: &Mutex<Receiver<Work>>) {
    step_back();
    let mut memory = Memory::default();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        // Whoever waits finds out, and the thread goes on.
        let _ = catch_unwind(AssertUnwindSafe(|| work(&mut memory)));
    }
}

/// Elsewhere a thread cannot step back by itself.
fn step_back() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::warn!(%error, "passwords are hashed at the same priority as all else");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use futures::future::join_all;

    use super::*;

    /// Workers of one thread, and what it waits for.
    async fn held_up() -> (Workers, Sender<()>) {
        let workers = Workers::start(1).unwrap();
        let (go_on, may_go_on) = channel();
        let place = workers.place().unwrap();
        let (begun, has_begun) = oneshot::channel();
        let work = workers.run(place, move |_| {
            let _ = begun.send(());
            may_go_on.recv().map_err(|_| HasherError::Busy)
        });
        // Its caller goes once it has begun: the thread is at it all the same.
        tokio::select! { _ = work => panic!("it waits"), begun = has_begun => begun.unwrap() }
        (workers, go_on)
    }

    #[tokio::test]
    async fn whoever_finds_no_place_is_told_at_once_and_all_others_are_served() {
        let (workers, go_on) = held_up().await;
        assert!(!workers.are_busy());
        let places: Vec<Place> =
            (0..WAITING_PER_THREAD).map(|_| workers.place().unwrap()).collect();
        assert!(workers.are_busy());
        assert!(matches!(workers.place(), Err(HasherError::Busy)));
        go_on.send(()).unwrap();
        let waiting = places.into_iter().map(|place| workers.run(place, |_| Ok(1)));
        let served: i32 = join_all(waiting).await.into_iter().map(Result::unwrap).sum();
        assert_eq!(usize::try_from(served).unwrap(), WAITING_PER_THREAD);
        assert!(!workers.are_busy());
    }

    #[tokio::test]
    async fn nothing_is_done_for_a_caller_who_has_gone() {
        let (workers, go_on) = held_up().await;
        let done = Arc::new(AtomicBool::new(false));
        let (place, is_done) = (workers.place().unwrap(), Arc::clone(&done));
        let mut gone = Box::pin(workers.run(place, move |_| {
            is_done.store(true, Ordering::SeqCst);
            Ok(())
        }));
        assert!(futures::poll!(&mut gone).is_pending());
        drop(gone);
        go_on.send(()).unwrap();
        workers.run(workers.place().unwrap(), |_| Ok(())).await.unwrap();
        assert!(!done.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn a_thread_keeps_its_memory() {
        let workers = Workers::start(1).unwrap();
        let mark = |memory: &mut Memory| {
            let first: &mut [u64] = memory.blocks(64)[0].as_mut();
            first[0] += 1;
            Ok(first[0])
        };
        assert_eq!(workers.run(workers.place().unwrap(), mark).await.unwrap(), 1);
        assert_eq!(workers.run(workers.place().unwrap(), mark).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_panic_fails_one_and_the_thread_goes_on() {
        let workers = Workers::start(1).unwrap();
        let panics = |_: &mut Memory| -> Result<(), HasherError> { panic!("as a test does") };
        let failed = workers.run(workers.place().unwrap(), panics).await;
        assert!(matches!(failed, Err(HasherError::Failed(_))));
        assert_eq!(workers.run(workers.place().unwrap(), |_| Ok(7)).await.unwrap(), 7);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn only_the_threads_that_hash_step_back() {
        let niceness = || rustix::process::getpriority_process(None).unwrap();
        let before = niceness();
        let workers = Workers::start(1).unwrap();
        let theirs = workers.run(workers.place().unwrap(), move |_| Ok(niceness())).await.unwrap();
        assert_eq!((theirs, niceness()), (NICENESS.max(before), before));
    }
}
