use std::rc::Rc;

use carnet_client::edges::Store;

use crate::World;
use crate::browser::Shared;

/// Something that a tab has written to `localStorage`, or removed from it.
#[derive(Debug)]
pub(crate) struct Write {
    at: i64,
    tab: u64,
    key: String,
    value: Option<String>,
}

/// `localStorage` as one tab sees it. Browsers keep a copy for each process, and what others write
/// reaches it a little later.
pub(crate) struct LocalStorage {
    pub(crate) shared: Rc<Shared>,
    pub(crate) world: World,
    pub(crate) tab: u64,
}

impl LocalStorage {
    fn note(&self, key: &str, value: Option<&str>) {
        let local = &self.shared.local;
        if self.shared.lag.get() == 0 || local.blocked.get() || local.full.get() {
            return;
        }
        let (key, value) = (key.to_owned(), value.map(str::to_owned));
        let write = Write { at: self.world.now(), tab: self.tab, key, value };
        self.shared.writes.borrow_mut().push(write);
    }
}

impl Store for LocalStorage {
    fn get(&self, key: &str) -> Option<String> {
        let lag = self.shared.lag.get();
        if lag == 0 || self.shared.local.blocked.get() {
            return self.shared.local.get(key);
        }
        let seen = self.world.now() - lag;
        let writes = self.shared.writes.borrow();
        let is_seen = |write: &&Write| write.tab == self.tab || write.at <= seen;
        let last = writes.iter().rev().filter(|write| write.key == key).find(is_seen)?;
        last.value.clone()
    }

    fn set(&self, key: &str, value: &str) {
        self.shared.local.set(key, value);
        self.note(key, Some(value));
    }

    fn remove(&self, key: &str) {
        self.shared.local.remove(key);
        self.note(key, None);
    }
}
