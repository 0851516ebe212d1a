use std::rc::Rc;

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Document, EventTarget, HtmlDocument};

use crate::edges::{Held, Page, Wake};

/// As long as a session can last: afterwards a mark has nothing left to end.
const MARK_SECONDS: &str = "7776000";

/// The page that the client runs in.
pub(super) struct BrowserPage;

impl Page for BrowserPage {
    fn is_hidden(&self) -> bool {
        document().is_some_and(|document| document.hidden())
    }

    fn listen(&self, woken: Box<dyn Fn(Wake)>) -> Held {
        let woken: Rc<dyn Fn(Wake)> = Rc::from(woken);
        let on = |target: &EventTarget, event: &'static str, wake: Wake| {
            let woken = woken.clone();
            EventListener::new(target, event, move |_| woken(wake))
        };
        let mut listeners = Vec::new();
        if let Some(document) = document() {
            listeners.push(on(&document, "visibilitychange", Wake::Look));
        }
        if let Some(window) = web_sys::window() {
            for event in ["focus", "pageshow", "storage"] {
                listeners.push(on(&window, event, Wake::Look));
            }
            listeners.push(on(&window, "online", Wake::Online));
        }
        Box::new(listeners)
    }

    fn set_cookie(&self, name: &str, value: &str) {
        let Some(document) = document().and_then(|it| it.dyn_into::<HtmlDocument>().ok()) else {
            return;
        };
        // A name with this prefix is refused without Secure.
        let secure = if name.starts_with("__Host-") { "; Secure" } else { "" };
        let rest = "; Path=/; SameSite=Lax; Max-Age=";
        let _ = document.set_cookie(&[name, "=", value, rest, MARK_SECONDS, secure].concat());
    }
}

fn document() -> Option<Document> {
    web_sys::window().and_then(|window| window.document())
}
