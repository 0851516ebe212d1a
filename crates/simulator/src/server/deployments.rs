use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::Deployment;

/// Histories of one deployment. It keeps what ended for hours by its database's own clock, which does
/// not turn with the virtual one, and reads all of it again after every gap. With one deployment for
/// all histories, the time would grow with their number squared.
const HISTORIES_EACH: u64 = 50;

/// Deployments for any number of histories: each serves fifty, then a new one starts.
pub struct Deployments {
    access_seconds: u32,
    played: Cell<u64>,
    current: RefCell<Rc<Deployment>>,
}

impl Deployments {
    /// The first one, whose access tokens live for so many seconds, as those of all that follow.
    pub fn start(access_seconds: u32) -> Self {
        let first = RefCell::new(Rc::new(Deployment::start(access_seconds)));
        Self { access_seconds, played: Cell::new(0), current: first }
    }

    /// The deployment of the next history.
    pub fn for_the_next(&self) -> Rc<Deployment> {
        let played = self.played.replace(self.played.get() + 1);
        let mut current = self.current.borrow_mut();
        if played > 0 && played.is_multiple_of(HISTORIES_EACH) {
            *current = Rc::new(Deployment::start(self.access_seconds));
        }
        Rc::clone(&current)
    }
}
