use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::rc::{Rc, Weak};

use futures::executor::{LocalPool, LocalSpawner};
use futures::task::LocalSpawnExt;

/// Time and the tasks that wait for it.
#[derive(Clone, Debug)]
pub struct World(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Milliseconds since the beginning.
    now: Cell<i64>,
    /// How much of that the device slept: timers and monotonic clocks stood still.
    slept: Cell<i64>,
    timers: RefCell<Vec<Entry>>,
    next: Cell<u64>,
    pool: RefCell<LocalPool>,
    spawner: LocalSpawner,
}

struct Entry {
    due: i64,
    order: u64,
    alive: Weak<()>,
    call: Box<dyn FnOnce()>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Entry").field("due", &self.due).finish_non_exhaustive()
    }
}

/// The result of something that was begun.
#[derive(Debug)]
pub struct Pending<T>(Rc<RefCell<Option<T>>>);

impl<T> Pending<T> {
    /// The result, if it has come.
    pub fn take(&self) -> Option<T> {
        self.0.borrow_mut().take()
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// A world at its beginning.
    pub fn new() -> Self {
        let pool = LocalPool::new();
        let spawner = pool.spawner();
        Self(Rc::new(Inner {
            now: Cell::new(0),
            slept: Cell::new(0),
            timers: RefCell::default(),
            next: Cell::new(0),
            pool: RefCell::new(pool),
            spawner,
        }))
    }

    /// The true time.
    pub fn now(&self) -> i64 {
        self.0.now.get()
    }

    /// The time by a clock that stops in sleep.
    pub fn awake(&self) -> i64 {
        self.0.now.get() - self.0.slept.get()
    }

    /// Calls once, so many milliseconds from now, while the handle lives.
    pub fn after(&self, milliseconds: i64, call: Box<dyn FnOnce()>) -> Rc<()> {
        let handle = Rc::new(());
        let order = self.0.next.replace(self.0.next.get() + 1);
        let due = self.awake() + milliseconds;
        let alive = Rc::downgrade(&handle);
        self.0.timers.borrow_mut().push(Entry { due, order, alive, call });
        handle
    }

    /// The same, come what may.
    pub fn surely_after(&self, milliseconds: i64, call: impl FnOnce() + 'static) {
        let keep: Rc<RefCell<Option<Rc<()>>>> = Rc::default();
        let kept = keep.clone();
        let handle = self.after(
            milliseconds,
            Box::new(move || {
                drop(kept);
                call();
            }),
        );
        *keep.borrow_mut() = Some(handle);
    }

    /// Runs a future, as far as it gets each time.
    pub fn spawn(&self, future: impl Future<Output = ()> + 'static) {
        self.0.spawner.spawn_local(future).expect("the pool lives as long as the world");
    }

    /// Begins something.
    pub fn begin<T: 'static>(&self, future: impl Future<Output = T> + 'static) -> Pending<T> {
        let slot = Rc::new(RefCell::new(None));
        let result = slot.clone();
        self.spawn(async move {
            let value = future.await;
            *result.borrow_mut() = Some(value);
        });
        self.settle();
        Pending(slot)
    }

    /// Does something to its end, however long that takes within ten minutes.
    pub fn run<T: 'static>(&self, future: impl Future<Output = T> + 'static) -> T {
        let pending = self.begin(future);
        let end = self.awake() + 600_000;
        loop {
            if let Some(value) = pending.take() {
                return value;
            }
            assert!(self.step(end), "nothing happens any more, and it is not done");
        }
    }

    /// Lets time pass.
    pub fn advance(&self, milliseconds: i64) {
        let end = self.awake() + milliseconds;
        while self.step(end) {}
        self.0.now.set(end + self.0.slept.get());
        self.settle();
    }

    /// The device sleeps.
    pub fn sleep(&self, milliseconds: i64) {
        self.0.now.set(self.0.now.get() + milliseconds);
        self.0.slept.set(self.0.slept.get() + milliseconds);
    }

    /// Runs whatever can run now.
    pub fn settle(&self) {
        // Within a task the pool is at work already.
        if let Ok(mut pool) = self.0.pool.try_borrow_mut() {
            pool.run_until_stalled();
        }
    }

    fn step(&self, end: i64) -> bool {
        self.settle();
        let entry = {
            let mut timers = self.0.timers.borrow_mut();
            timers.retain(|entry| entry.alive.strong_count() > 0);
            let next = (0..timers.len()).min_by_key(|&i| (timers[i].due, timers[i].order));
            match next.filter(|&i| timers[i].due <= end) {
                Some(index) => timers.swap_remove(index),
                None => return false,
            }
        };
        let late = (entry.due - self.awake()).max(0);
        self.0.now.set(self.0.now.get() + late);
        (entry.call)();
        self.settle();
        true
    }
}
