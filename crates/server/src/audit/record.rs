use super::{Counted, Event, NewEvent, RefusalEvent};
use crate::app::App;
use crate::error::ApiError;
use crate::limits::TooMany;
use crate::request::Caller;

impl App {
    /// Records an event, or counts it where its kind is counted. A failure is logged and nothing
    /// else: what happened has happened.
    pub(crate) async fn record(&self, event: Event<'_>) {
        if event.kind().is_counted() {
            return self.count(&event);
        }
        self.tell(&event);
        let new = self.new_event(event);
        if let Err(error) = self.store.record(&new).await {
            let event = new.event.kind().as_str();
            tracing::error!(%error, event, "an event was not recorded");
        }
    }

    /// An event of this moment, to be recorded with what it is about.
    pub(crate) fn new_event<'a>(&self, event: Event<'a>) -> NewEvent<'a> {
        NewEvent { id: self.new_id(), at: self.clock.now(), event }
    }

    /// Counts an event that a flood can cause. It is recorded within a second, in one row for each
    /// account, network and minute.
    pub(crate) fn count(&self, event: &Event<'_>) {
        debug_assert!(event.kind().is_counted(), "{} is recorded", event.kind().as_str());
        self.refusals.count(event, self.clock.now(), || self.new_id());
        self.events.count(event.kind().as_str());
    }

    /// Lets a request through that a limit allows, and counts it where the limit refuses. The
    /// account is that which the request is about, if it is known; `what` says what was tried.
    ///
    /// # Errors
    /// 429 where the limit refuses.
    pub(crate) fn admit<T>(
        &self,
        caller: &Caller,
        user_id: Option<&str>,
        what: &'static str,
        limited: Result<T, TooMany>,
    ) -> Result<T, ApiError> {
        limited.map_err(|too_many| {
            let event = Event::refused(RefusalEvent::Throttled, user_id, caller.anonymous());
            self.count(&event.with_detail(what));
            ApiError::TooMany(too_many)
        })
    }

    /// Records what was counted since the last time.
    pub async fn record_refusals(&self) {
        let taken = self.refusals.take();
        if !taken.is_empty() {
            if let Err(error) = self.store.record_counted(&taken).await {
                tracing::error!(%error, rows = taken.len(), "refusals were not recorded yet");
                self.refusals.put_back(taken);
                return;
            }
            taken.iter().for_each(Counted::log);
        }
        self.refusals.forget_recorded(self.clock.now());
    }

    /// Logs and counts an event that has happened.
    pub(crate) fn tell(&self, event: &Event<'_>) {
        let origin = event.origin();
        tracing::info!(
            event = event.kind().as_str(),
            user_id = event.user_id(),
            session_id = event.session_id(),
            actor = %origin.actor.text(),
            address = origin.address,
            device = origin.device,
            detail = event.detail(),
        );
        self.events.count(event.kind().as_str());
    }
}
