use gloo_events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

use crate::edges::{Channel, Held};

/// The tabs of this origin, where the browser lets them talk.
pub(super) struct TabChannel(Option<BroadcastChannel>);

impl TabChannel {
    pub(super) fn open() -> Self {
        Self(BroadcastChannel::new("carnet").ok())
    }
}

impl Channel for TabChannel {
    fn works(&self) -> bool {
        self.0.is_some()
    }

    fn post(&self, message: &str) {
        if let Some(channel) = &self.0 {
            let _ = channel.post_message(&JsValue::from_str(message));
        }
    }

    fn listen(&self, heard: Box<dyn Fn(String)>) -> Held {
        let Some(channel) = &self.0 else { return Box::new(()) };
        Box::new(EventListener::new(channel, "message", move |event| {
            let message =
                event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
            if let Some(message) = message {
                heard(message);
            }
        }))
    }
}
