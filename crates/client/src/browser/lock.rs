use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use futures::channel::oneshot;
use futures::lock::Mutex;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use crate::edges::{Held, LocalFuture, Lock};

const NAME: &str = "carnet";

// web-sys has Web Locks behind its unstable flag only.
#[wasm_bindgen]
extern "C" {
    type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        callback: &Function,
    ) -> Result<Promise, JsValue>;
}

/// The browser's locks; where it has none, those of this page.
pub(super) fn browser_lock() -> Rc<dyn Lock> {
    match lock_manager() {
        Some(manager) => {
            Rc::new(WebLock { manager, ignored: Rc::new(Closure::new(|_: JsValue| {})) })
        }
        None => Rc::new(PageLock::default()),
    }
}

fn lock_manager() -> Option<Rc<LockManager>> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &JsValue::from_str("locks")).ok()?;
    locks.is_object().then(|| Rc::new(locks.unchecked_into()))
}

type Ignored = Closure<dyn FnMut(JsValue)>;

struct WebLock {
    manager: Rc<LockManager>,
    /// Outlives every request, since the browser calls it after a request was given up.
    ignored: Rc<Ignored>,
}

/// A request for the lock, or the lock. Dropping it gives either up.
struct Request {
    controller: Option<AbortController>,
    /// Resolves the promise that the browser waits for, once it has granted the lock.
    release: Rc<RefCell<Option<Function>>>,
    _callback: Closure<dyn FnMut() -> Promise>,
}

impl Drop for Request {
    fn drop(&mut self) {
        if let Some(release) = self.release.borrow_mut().take() {
            let _ = release.call0(&JsValue::UNDEFINED);
        } else if let Some(controller) = &self.controller {
            controller.abort();
        }
    }
}

impl Lock for WebLock {
    fn acquire(&self) -> LocalFuture<Held> {
        let (manager, ignored) = (self.manager.clone(), self.ignored.clone());
        Box::pin(async move {
            let (granted, wait) = oneshot::channel();
            let request = request(&manager, &ignored, granted);
            // An error means that this browser will not lock: then it goes on without.
            let _ = wait.await;
            Box::new(request) as Held
        })
    }

    fn is_shared(&self) -> bool {
        true
    }
}

fn request(
    manager: &LockManager,
    ignored: &Ignored,
    granted: oneshot::Sender<()>,
) -> Option<Request> {
    let release = Rc::new(RefCell::new(None));
    let resolver = release.clone();
    let mut granted = Some(granted);
    let callback = Closure::<dyn FnMut() -> Promise>::new(move || {
        let promise = Promise::new(&mut |resolve, _| {
            resolver.replace(Some(resolve));
        });
        if let Some(granted) = granted.take() {
            let _ = granted.send(());
        }
        promise
    });
    let options = Object::new();
    let controller = AbortController::new().ok();
    if let Some(controller) = &controller {
        let _ = Reflect::set(&options, &JsValue::from_str("signal"), &controller.signal());
    }
    let promise = manager.request(NAME, &options, callback.as_ref().unchecked_ref()).ok()?;
    // A request that is given up rejects it, which is no news and must not reach the console.
    let _ = promise.catch(ignored);
    Some(Request { controller, release, _callback: callback })
}

/// Where there are no Web Locks, the calls of one page still take turns.
#[derive(Default)]
struct PageLock(Arc<Mutex<()>>);

impl Lock for PageLock {
    fn acquire(&self) -> LocalFuture<Held> {
        let mutex = self.0.clone();
        Box::pin(async move { Box::new(mutex.lock_owned().await) as Held })
    }

    fn is_shared(&self) -> bool {
        false
    }
}
