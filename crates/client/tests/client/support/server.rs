use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use carnet_client::AuthState;
use carnet_client::edges::{HttpRequest, Method};
use carnet_shared::{Attempt, ErrorCode, Problem, SessionsResponse, User, paths};
use carnet_simulator::{Backend, CookieChange, Cookies, Reply};
use serde_json::{Value, json};

use super::World;

/// A server that keeps the rules for refresh tokens, and of passwords only that "wrong" is wrong.
pub(crate) struct Server {
    world: World,
    /// How long an access token lives, in seconds.
    pub(crate) access_lifetime: Cell<i64>,
    sessions: RefCell<Vec<Session>>,
    outdated: RefCell<BTreeSet<String>>,
    /// Says 401 to every access token.
    pub(crate) distrusts: Cell<bool>,
    /// Every path that was asked for, with the status of the answer.
    pub(crate) log: RefCell<Vec<(String, u16)>>,
    /// The body of the last refresh.
    pub(crate) last_refresh: RefCell<Value>,
    issued: Cell<u64>,
    name: RefCell<String>,
}

struct Session {
    username: String,
    body: bool,
    generation: u64,
    attempt: Option<String>,
    past: Vec<String>,
    rotated_at: i64,
    /// How often the answer to one attempt was given to another as well.
    races: u64,
    ended: Option<ErrorCode>,
}

type Outcome = Result<(Value, Option<Option<String>>), ErrorCode>;

impl From<World> for Server {
    fn from(world: World) -> Self {
        Self {
            world,
            access_lifetime: Cell::new(300),
            sessions: RefCell::default(),
            outdated: RefCell::default(),
            distrusts: Cell::new(false),
            log: RefCell::default(),
            last_refresh: RefCell::default(),
            issued: Cell::new(0),
            name: RefCell::default(),
        }
    }
}

impl Backend for Server {
    fn answer(&self, request: &HttpRequest, cookies: &Cookies) -> Reply {
        let body = request.body.as_ref().map_or("null", |body| body.expose());
        let body: Value = serde_json::from_str(body).unwrap();
        let bearer = request.bearer.as_ref().map(|bearer| bearer.expose());
        let cookie = cookies.session.as_deref();
        let outcome = self.decide(request.method, &request.url, &body, bearer, cookie);
        let (mut reply, session) = match outcome {
            Ok((Value::Null, session)) => (Reply::new(204, ""), session),
            Ok((body, session)) => (Reply::new(200, body.to_string()), session),
            Err(code) => {
                let body = serde_json::to_string(&Problem::new(code)).unwrap();
                (Reply::new(code.status(), body), None)
            }
        };
        reply.cookies.session = session;
        self.log.borrow_mut().push((request.url.clone(), reply.status));
        reply
    }

    fn page(&self, cookies: &Cookies) -> (AuthState, CookieChange) {
        let mark = cookies.mark.as_ref().map(|(_, session)| session.as_str());
        (self.seed(cookies.session.as_deref(), mark), CookieChange::default())
    }
}

impl Server {
    /// How often a path was asked for.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.log.borrow().iter().filter(|(asked, _)| asked == path).count()
    }

    /// How often tokens were refreshed, or should have been.
    pub(crate) fn refreshes(&self) -> usize {
        self.count(paths::REFRESH)
    }

    /// How often a call met a 401.
    pub(crate) fn refusals(&self) -> usize {
        self.log
            .borrow()
            .iter()
            .filter(|(path, status)| path != paths::REFRESH && *status == 401)
            .count()
    }

    /// Ends all sessions, as an operator or another device would.
    pub(crate) fn end_all(&self, why: ErrorCode) {
        for session in self.sessions.borrow_mut().iter_mut() {
            session.ended.get_or_insert(why);
        }
    }

    /// How many sessions live.
    pub(crate) fn living(&self) -> usize {
        self.sessions.borrow().iter().filter(|session| session.ended.is_none()).count()
    }

    /// Whether any session was taken for stolen.
    pub(crate) fn has_cried_theft(&self) -> bool {
        let sessions = self.sessions.borrow();
        sessions.iter().any(|session| session.ended == Some(ErrorCode::SessionReused))
    }

    /// How often tabs have raced with different attempts. A few in a row, and the real server takes
    /// the session for copied.
    pub(crate) fn races(&self) -> u64 {
        self.sessions.borrow().iter().map(|session| session.races).sum()
    }

    /// The account has changed: tokens up to now no longer match it.
    pub(crate) fn outdate_tokens(&self) {
        let all = (0..self.issued.get()).map(|number| number.to_string());
        self.outdated.borrow_mut().extend(all);
    }

    /// What a page comes with.
    fn seed(&self, cookie: Option<&str>, mark: Option<&str>) -> AuthState {
        let Some((index, generation)) = cookie.and_then(read_refresh_token) else {
            return AuthState::Anonymous(None);
        };
        let mut sessions = self.sessions.borrow_mut();
        let session = &mut sessions[index];
        if mark == Some(&session_id(index)) {
            session.ended.get_or_insert(ErrorCode::SessionEnded);
            return AuthState::Anonymous(None);
        }
        let is_before = generation + 1 == session.generation;
        let is_in_grace = self.world.now() - session.rotated_at <= 10_000;
        let is_shown = generation == session.generation || (is_before && is_in_grace);
        if session.ended.is_some() || !is_shown {
            return AuthState::Unknown;
        }
        let username = session.username.clone();
        AuthState::SignedIn { user: self.user(&username), session_id: session_id(index) }
    }

    fn decide(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        bearer: Option<&str>,
        cookie: Option<&str>,
    ) -> Outcome {
        match (method, path) {
            (_, paths::LOGIN | paths::REGISTER) => self.login(body, cookie),
            (_, paths::REFRESH) => self.refresh(body, cookie),
            (_, paths::LOGOUT) => {
                let token = body["refresh_token"].as_str().or(cookie);
                let known = token.and_then(read_refresh_token).map(|(index, _)| index);
                let index = known.or_else(|| bearer.and_then(read_access_token).map(|it| it.0));
                if let Some(index) = index {
                    self.sessions.borrow_mut()[index].ended.get_or_insert(ErrorCode::SessionEnded);
                }
                Ok((Value::Null, Some(None)))
            }
            (_, "/public") => Ok((json!("for everybody"), None)),
            _ => self.protected(method, path, body, bearer, cookie),
        }
    }

    fn protected(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        bearer: Option<&str>,
        cookie: Option<&str>,
    ) -> Outcome {
        let index = self.check(bearer)?;
        let username = self.sessions.borrow()[index].username.clone();
        match (method, path) {
            (Method::Get, paths::ME) => Ok((json!(self.user(&username)), None)),
            // Says what it was asked to do, and in whose name.
            (_, "/echo") => Ok((json!([format!("{method:?}"), body, username]), None)),
            (Method::Patch, paths::ME) => {
                *self.name.borrow_mut() = body["name"].as_str().unwrap().to_owned();
                Ok((json!(self.user(&username)), None))
            }
            (Method::Post, paths::PASSWORD) => {
                if body["current_password"] == "wrong" {
                    return Err(ErrorCode::InvalidFields);
                }
                for (other, session) in self.sessions.borrow_mut().iter_mut().enumerate() {
                    if other != index {
                        session.ended.get_or_insert(ErrorCode::PasswordChanged);
                    }
                }
                self.refresh(body, cookie)
            }
            (Method::Get, paths::SESSIONS) => {
                Ok((json!(SessionsResponse { sessions: Vec::new() }), None))
            }
            (Method::Delete, path) if path.starts_with(paths::SESSIONS) => {
                if let Some(id) =
                    path.strip_prefix(paths::SESSIONS).and_then(|it| it.strip_prefix('/'))
                {
                    let index: usize = id.trim_start_matches("session-").parse().unwrap();
                    self.sessions.borrow_mut()[index].ended = Some(ErrorCode::SessionEnded);
                }
                Ok((Value::Null, None))
            }
            _ => Err(ErrorCode::NotFound),
        }
    }

    fn check(&self, bearer: Option<&str>) -> Result<usize, ErrorCode> {
        let bearer = bearer.ok_or(ErrorCode::MissingToken)?;
        let (index, number, expires) = read_access_token(bearer).ok_or(ErrorCode::InvalidToken)?;
        if self.distrusts.get()
            || self.world.now() >= expires
            || self.sessions.borrow()[index].ended.is_some()
        {
            return Err(ErrorCode::InvalidToken);
        }
        if self.outdated.borrow().contains(&number) {
            return Err(ErrorCode::TokenOutdated);
        }
        Ok(index)
    }

    fn login(&self, body: &Value, cookie: Option<&str>) -> Outcome {
        if body["password"] == "wrong" {
            return Err(ErrorCode::InvalidCredentials);
        }
        let is_body = body["delivery"] == "body";
        if let Some((replaced, _)) = cookie.and_then(read_refresh_token).filter(|_| !is_body) {
            self.sessions.borrow_mut()[replaced].ended.get_or_insert(ErrorCode::SessionEnded);
        }
        let name = body["login"].as_str().or(body["username"].as_str()).unwrap();
        self.sessions.borrow_mut().push(Session {
            username: name.to_owned(),
            body: is_body,
            generation: 0,
            attempt: None,
            past: Vec::new(),
            races: 0,
            rotated_at: self.world.now(),
            ended: None,
        });
        let index = self.sessions.borrow().len() - 1;
        Ok(self.tokens(index, None))
    }

    fn refresh(&self, body: &Value, cookie: Option<&str>) -> Outcome {
        *self.last_refresh.borrow_mut() = body.clone();
        let token = body["refresh_token"].as_str().or(cookie);
        let token = token.ok_or(ErrorCode::MissingRefreshToken)?;
        let (index, generation) =
            read_refresh_token(token).ok_or(ErrorCode::InvalidRefreshToken)?;
        if body["session"].as_str().is_some_and(|meant| meant != session_id(index)) {
            return Err(ErrorCode::SessionChanged);
        }
        let attempt = body["attempt"].as_str();
        let previous = body["previous"].as_str();
        if [attempt, previous].into_iter().flatten().any(|it| Attempt::parse(it).is_err()) {
            return Err(ErrorCode::InvalidFields);
        }
        self.sessions.borrow_mut()[index].advance(
            generation,
            attempt,
            previous,
            self.world.now(),
        )?;
        Ok(self.tokens(index, body["resource"].as_str()))
    }

    /// Tokens, of which the access token is for this service, or for the server itself.
    fn tokens(&self, index: usize, resource: Option<&str>) -> (Value, Option<Option<String>>) {
        let sessions = self.sessions.borrow();
        let session = &sessions[index];
        let lifetime = self.access_lifetime.get();
        let number = self.issued.replace(self.issued.get() + 1);
        let expires = self.world.now() + lifetime * 1_000;
        let refresh_token = format!("refresh.{index}.{}", session.generation);
        let mut answer = json!({
            "access_token": format!("{}.{index}.{number}.{expires}", resource.unwrap_or("access")),
            "token_type": "Bearer",
            "expires_in": lifetime,
            "refresh_expires_in": 2_592_000,
            "server_time": 1_700_000_000,
            "session": { "id": session_id(index), "created_at": 0, "expires_at": 0 },
            "user": self.user(&session.username),
        });
        if session.body {
            answer["refresh_token"] = json!(refresh_token);
            return (answer, None);
        }
        (answer, Some(Some(refresh_token)))
    }

    fn user(&self, username: &str) -> User {
        User {
            id: format!("id of {username}"),
            email: format!("{username}@example.org"),
            username: username.to_owned(),
            name: self.name.borrow().clone(),
            roles: Vec::new(),
            created_at: 0,
            attributes: serde_json::Map::new(),
        }
    }
}

impl Session {
    fn advance(
        &mut self,
        generation: u64,
        attempt: Option<&str>,
        previous: Option<&str>,
        now: i64,
    ) -> Result<(), ErrorCode> {
        if let Some(why) = self.ended {
            return Err(why);
        }
        let is_past = attempt.is_some_and(|attempt| self.past.iter().any(|past| past == attempt));
        let is_before = generation + 1 == self.generation;
        let current = self.attempt.as_deref();
        let is_repeated = current.is_some() && (attempt == current || previous == current);
        if generation == self.generation {
            if is_past {
                return Err(ErrorCode::Superseded);
            }
            self.generation += 1;
            self.rotated_at = now;
        } else if !(is_before && (is_repeated || (now - self.rotated_at <= 10_000 && !is_past))) {
            if is_past {
                return Err(ErrorCode::Superseded);
            }
            self.ended = Some(ErrorCode::SessionReused);
            return Err(ErrorCode::SessionReused);
        } else if !is_repeated {
            self.races += 1;
        }
        self.attempt = attempt.map(str::to_owned);
        self.past.extend(attempt.map(str::to_owned));
        if self.past.len() > 4 {
            self.past.remove(0);
        }
        Ok(())
    }
}

fn session_id(index: usize) -> String {
    format!("session-{index}")
}

fn read_refresh_token(token: &str) -> Option<(usize, u64)> {
    let (index, generation) = token.strip_prefix("refresh.")?.split_once('.')?;
    Some((index.parse().ok()?, generation.parse().ok()?))
}

fn read_access_token(token: &str) -> Option<(usize, String, i64)> {
    let mut parts = token.strip_prefix("access.")?.split('.');
    let index = parts.next()?.parse().ok()?;
    let number = parts.next()?.to_owned();
    Some((index, number, parts.next()?.parse().ok()?))
}
