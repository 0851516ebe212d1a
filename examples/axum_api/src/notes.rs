use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use carnet_verify::Authenticated;
use serde::{Deserialize, Serialize};

/// How many notes one account may have.
const MOST: usize = 100;

/// The notes of every account, by its id. They are in memory only; a real service has a database.
#[derive(Clone, Default)]
pub(crate) struct Notes(Arc<Mutex<HashMap<String, Vec<String>>>>);

impl Notes {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Vec<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many notes there are.
#[derive(Serialize)]
pub(crate) struct Count {
    notes: usize,
}

/// A note as it is sent.
#[derive(Deserialize)]
pub(crate) struct NewNote {
    text: String,
}

/// GET `/`, for everybody: it takes no token.
pub(crate) async fn count(State(notes): State<Notes>) -> Json<Count> {
    Json(Count { notes: notes.all().values().map(Vec::len).sum() })
}

/// GET `/notes`, the caller's own. The argument `Authenticated` protects the route.
pub(crate) async fn list(who: Authenticated, State(notes): State<Notes>) -> Json<Vec<String>> {
    Json(notes.all().get(&who.sub).cloned().unwrap_or_default())
}

/// POST `/notes`: keeps a note for the caller and answers all that the caller has.
pub(crate) async fn add(
    who: Authenticated,
    State(notes): State<Notes>,
    Json(new): Json<NewNote>,
) -> Result<Json<Vec<String>>, StatusCode> {
    let mut all = notes.all();
    let own = all.entry(who.sub.clone()).or_default();
    if own.len() == MOST {
        return Err(StatusCode::INSUFFICIENT_STORAGE);
    }
    own.push(new.text);
    Ok(Json(own.clone()))
}
