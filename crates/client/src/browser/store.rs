use gloo_storage::{LocalStorage, SessionStorage, Storage};

use crate::edges::Store;

/// One of the two areas of Web Storage.
#[derive(Clone, Copy)]
pub(super) enum Area {
    Local,
    Session,
}

/// Web Storage, or nothing where it is blocked.
pub(super) struct WebStore(Option<web_sys::Storage>);

impl WebStore {
    /// Asks before gloo-storage does, which throws where storage is blocked (in a sandboxed frame,
    /// by a setting), and tries whether it can be written (it may be full).
    pub(super) fn probed(area: Option<Area>) -> Self {
        Self(area.and_then(open).filter(can_be_written))
    }
}

fn open(area: Area) -> Option<web_sys::Storage> {
    let window = web_sys::window()?;
    match area {
        Area::Local => window.local_storage().ok().flatten().map(|_| LocalStorage::raw()),
        Area::Session => window.session_storage().ok().flatten().map(|_| SessionStorage::raw()),
    }
}

fn can_be_written(storage: &web_sys::Storage) -> bool {
    const PROBE: &str = "carnet.probe";
    let is_written = storage.set_item(PROBE, "1").is_ok();
    is_written && storage.remove_item(PROBE).is_ok()
}

impl Store for WebStore {
    fn get(&self, key: &str) -> Option<String> {
        self.0.as_ref()?.get_item(key).ok().flatten()
    }

    fn set(&self, key: &str, value: &str) {
        if let Some(storage) = &self.0 {
            // Full by now: the engine reads back what matters.
            let _ = storage.set_item(key, value);
        }
    }

    fn remove(&self, key: &str) {
        if let Some(storage) = &self.0 {
            let _ = storage.remove_item(key);
        }
    }
}
