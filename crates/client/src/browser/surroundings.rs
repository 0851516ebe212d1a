use std::rc::Rc;

use super::channel::TabChannel;
use super::device::{BrowserTimers, Crypto, DeviceClock, EventLoop};
use super::lock::browser_lock;
use super::page::BrowserPage;
use super::store::{Area, WebStore};
use super::transport::Fetch;
use crate::edges::Edges;
use crate::{AuthClient, ClientSettings, StorageKind};

impl AuthClient {
    /// A client in the browser, with as much of it as there is: without locks, channel or storage
    /// it works alike, only with a few more requests.
    pub fn in_browser(settings: ClientSettings) -> Self {
        let area = match settings.token_storage() {
            StorageKind::Session => Some(Area::Session),
            StorageKind::Local => Some(Area::Local),
            StorageKind::Memory => None,
        };
        let edges = Edges {
            transport: Rc::new(Fetch),
            shared: Rc::new(WebStore::probed(Some(Area::Local))),
            tokens: Rc::new(WebStore::probed(area)),
            clock: Rc::new(DeviceClock),
            lock: browser_lock(),
            channel: Rc::new(TabChannel::open()),
            timers: Rc::new(BrowserTimers),
            spawner: Rc::new(EventLoop),
            random: Rc::new(Crypto),
            page: Rc::new(BrowserPage),
        };
        Self::new(settings, edges)
    }
}
