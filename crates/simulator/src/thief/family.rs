use std::cell::RefCell;

use carnet_client::AuthState;
use carnet_client::edges::HttpRequest;
use carnet_shared::{ErrorCode, Problem, User, paths};
use serde_json::{Map, Value, json};

use crate::World;
use crate::backend::{Backend, CookieChange, Cookies, Reply};

/// What becomes of a token that was used before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Its family ends.
    NoGrace,
    /// The one before the current one is answered with the current one for ten seconds; else the
    /// family ends.
    Grace,
    /// As GoTrue documents it: the one before the current one is answered with the current one at
    /// any time, any older one within ten seconds of its use; else the family ends.
    GoTrue,
}

const GRACE_MS: i64 = 10_000;
const ACCESS_SECONDS: i64 = 300;

/// A small model of servers that keep a family of random tokens for each session. Attempts mean
/// nothing to them.
pub struct Families {
    world: World,
    rule: Rule,
    families: RefCell<Vec<Family>>,
}

#[derive(Default)]
struct Family {
    username: String,
    /// When each token was used; the last one was not.
    used: Vec<i64>,
    has_ended: bool,
}

impl Families {
    /// A server without sessions.
    pub fn new(world: World, rule: Rule) -> Self {
        Self { world, rule, families: RefCell::default() }
    }

    fn refresh(&self, cookies: &Cookies) -> Result<usize, ErrorCode> {
        let (index, token) = read(cookies).ok_or(ErrorCode::MissingRefreshToken)?;
        let now = self.world.now();
        let family = &mut self.families.borrow_mut()[index];
        if family.has_ended {
            return Err(ErrorCode::SessionReused);
        }
        let Some(used_at) = family.used.get(token).copied() else {
            family.used.push(now);
            return Ok(index);
        };
        let is_before = token + 1 == family.used.len();
        let is_in_grace = now - used_at <= GRACE_MS;
        let is_spared = match self.rule {
            Rule::NoGrace => false,
            Rule::Grace => is_before && is_in_grace,
            Rule::GoTrue => is_before || is_in_grace,
        };
        if is_spared {
            return Ok(index);
        }
        family.has_ended = true;
        Err(ErrorCode::SessionReused)
    }

    fn tokens(&self, index: usize) -> Reply {
        let family = &self.families.borrow()[index];
        let answer = json!({
            "access_token": format!("access.{index}.{}", self.world.now()),
            "token_type": "Bearer",
            "expires_in": ACCESS_SECONDS,
            "refresh_expires_in": 2_592_000,
            "server_time": 1_800_000_000,
            "session": { "id": id(index), "created_at": 0, "expires_at": 0 },
            "user": user(&family.username),
        });
        let mut reply = Reply::new(200, answer.to_string());
        reply.cookies.session = Some(Some(format!("refresh.{index}.{}", family.used.len())));
        reply
    }
}

impl Backend for Families {
    fn answer(&self, request: &HttpRequest, cookies: &Cookies) -> Reply {
        let outcome = match request.url.as_str() {
            paths::LOGIN => {
                let body = request.body.as_ref().map_or("", |body| body.expose());
                let body: Value = serde_json::from_str(body).unwrap_or_default();
                let username = body["login"].as_str().unwrap_or_default().to_owned();
                let mut families = self.families.borrow_mut();
                families.push(Family { username, ..Family::default() });
                Ok(families.len() - 1)
            }
            paths::REFRESH => self.refresh(cookies),
            _ => Err(ErrorCode::NotFound),
        };
        match outcome {
            Ok(index) => self.tokens(index),
            Err(code) => {
                let problem = serde_json::to_string(&Problem::new(code)).unwrap_or_default();
                Reply::new(code.status(), problem)
            }
        }
    }

    fn page(&self, cookies: &Cookies) -> (AuthState, CookieChange) {
        let families = self.families.borrow();
        let shown = match read(cookies) {
            Some((index, token)) if !families[index].has_ended => {
                let family = &families[index];
                let is_current = token == family.used.len();
                let user = user(&family.username);
                let signed_in = AuthState::SignedIn { user, session_id: id(index) };
                if is_current { signed_in } else { AuthState::Unknown }
            }
            Some(_) => AuthState::Unknown,
            None => AuthState::Anonymous(None),
        };
        (shown, CookieChange::default())
    }
}

fn read(cookies: &Cookies) -> Option<(usize, usize)> {
    let (index, token) = cookies.session.as_deref()?.strip_prefix("refresh.")?.split_once('.')?;
    Some((index.parse().ok()?, token.parse().ok()?))
}

fn id(index: usize) -> String {
    format!("family-{index}")
}

fn user(username: &str) -> User {
    User {
        id: format!("id of {username}"),
        email: format!("{username}@example.org"),
        username: username.to_owned(),
        name: String::new(),
        roles: Vec::new(),
        created_at: 0,
        attributes: Map::new(),
    }
}
