use carnet_shared::{
    Attempt, ChangePasswordRequest, Delivery, DisplayName, ErrorCode, LoginRequest, LogoutRequest,
    NewPassword, RegisterRequest, Secret, SessionsResponse, TokenResponse, UpdateProfileRequest,
    User, paths,
};

use super::call::with_token;
use super::core::AuthClient;
use super::read::{body_of, read};
use crate::edges::Method;
use crate::engine::{Event, Grant};
use crate::stored::Tokens;
use crate::{AuthError, AuthState};

/// How long a login may take. The server does slow work for it, and may have others before it.
const SIGN_IN_MS: u32 = 30_000;
/// How long to wait for the server to hear of a sign-out. In the browser it is done already.
const SIGN_OUT_MS: u32 = 8_000;

impl AuthClient {
    /// Makes an account and signs in.
    ///
    /// # Errors
    /// What the server refused, field by field, or what kept it from answering.
    pub async fn register(&self, request: RegisterRequest) -> Result<User, AuthError> {
        let delivery = Some(self.inner.settings.delivery);
        self.sign_in(paths::REGISTER, body_of(&RegisterRequest { delivery, ..request })).await
    }

    /// Signs in.
    ///
    /// # Errors
    /// As [`Self::register`].
    pub async fn login(&self, request: LoginRequest) -> Result<User, AuthError> {
        let delivery = Some(self.inner.settings.delivery);
        self.sign_in(paths::LOGIN, body_of(&LoginRequest { delivery, ..request })).await
    }

    async fn sign_in(&self, path: &str, body: Option<Secret>) -> Result<User, AuthError> {
        // Under the lock: else a refresh in another tab could put its cookie over the new one.
        let _lock = self.lock().await;
        let request = self.request(Method::Post, path, body);
        let answer: TokenResponse = read(self.send_within(SIGN_IN_MS, request).await)?;
        Ok(self.take_sign_in(answer, None))
    }

    fn take_sign_in(&self, answer: TokenResponse, attempt: Option<Attempt>) -> User {
        let user = answer.user.clone();
        self.dispatch(Event::SignedIn { answer, attempt });
        user
    }

    /// Signs out, here and in all tabs, at once; then tells the server, and if that fails leaves
    /// a mark from which it learns.
    pub async fn logout(&self) {
        let (usable, refresh_token) = self.look(|engine, context| {
            let tokens = context.stored.tokens.as_ref().or(engine.tokens());
            let token = |tokens: &Tokens| tokens.access_token.clone();
            (engine.tokens().map(token), tokens.and_then(|tokens| tokens.refresh_token.clone()))
        });
        self.dispatch(Event::SignedOut);
        self.inner.resource_tokens.borrow_mut().clear();
        let _lock = self.lock().await;
        let body = body_of(&LogoutRequest { refresh_token });
        let mut request = self.request(Method::Post, paths::LOGOUT, body);
        request.bearer = usable;
        // Whatever comes of it, nobody is signed in here any more.
        let _ = self.send_within(SIGN_OUT_MS, request).await;
    }

    /// Changes the password. This session goes on, all others end.
    ///
    /// # Errors
    /// A wrong password or a weak one, at its field; else as [`Self::get`].
    pub async fn change_password(
        &self,
        current: Secret,
        new: NewPassword,
    ) -> Result<User, AuthError> {
        let session = self.state().session_id().map(str::to_owned).ok_or(AuthError::SignedOut)?;
        let first = self.grant_for(Some(&session), None).await?;
        let answer = self.send_password(&current, &new, &first).await;
        match answer {
            Err(AuthError::Problem(problem)) if is_worth_a_refresh(problem.code) => {
                // The lock is free again: the refresh needs it.
                let second = self.grant_for(Some(&session), Some(first.serial)).await?;
                self.send_password(&current, &new, &second).await
            }
            answer => answer,
        }
    }

    async fn send_password(
        &self,
        current: &Secret,
        new: &NewPassword,
        grant: &Grant,
    ) -> Result<User, AuthError> {
        let _lock = self.lock().await;
        // The refresh token rotates along, so the answer must be as easy to ask for again as that
        // of a refresh.
        self.dispatch(Event::AttemptWanted);
        let (record, refresh_token) = self.look(|engine, context| {
            let tokens = context.stored.tokens.as_ref().or(engine.tokens());
            let refresh_token = tokens.and_then(|tokens| tokens.refresh_token.clone());
            (context.stored.record, refresh_token)
        });
        let body = body_of(&ChangePasswordRequest {
            current_password: current.clone(),
            new_password: new.clone(),
            refresh_token: refresh_token.filter(|_| self.inner.settings.delivery == Delivery::Body),
            attempt: record.attempt.clone(),
            previous: record.previous,
        });
        let request = with_token(&self.request(Method::Post, paths::PASSWORD, body), grant);
        let answer: TokenResponse = read(self.send_within(SIGN_IN_MS, request).await)?;
        Ok(self.take_sign_in(answer, record.attempt))
    }

    /// Changes the name; all tabs show it.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn update_profile(&self, name: DisplayName) -> Result<User, AuthError> {
        let user: User = self.patch(paths::ME, &UpdateProfileRequest { name }).await?;
        self.dispatch(Event::Changed(user.clone()));
        Ok(user)
    }

    /// Asks what the account is like now; all tabs show what has changed.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn reload_user(&self) -> Result<User, AuthError> {
        let user: User = self.get(paths::ME).await?;
        if self.state().user() != Some(&user) {
            self.dispatch(Event::Changed(user.clone()));
        }
        Ok(user)
    }

    /// Lists where the account is signed in.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn sessions(&self) -> Result<SessionsResponse, AuthError> {
        self.get(paths::SESSIONS).await
    }

    /// Ends one session. Ending this one signs out here.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn end_session(&self, id: &str) -> Result<(), AuthError> {
        self.delete::<()>(&[paths::SESSIONS, "/", id].concat()).await?;
        if let AuthState::SignedIn { session_id, .. } = self.state()
            && session_id == id
        {
            self.dispatch(Event::SignedOut);
        }
        Ok(())
    }

    /// Ends all sessions of the account but this one.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn end_other_sessions(&self) -> Result<(), AuthError> {
        self.delete(paths::SESSIONS).await
    }
}

/// Whether a refresh may help a password change: the access token was refused, or the attempt that
/// was waiting in the storage has had its answer long ago.
fn is_worth_a_refresh(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::InvalidToken
            | ErrorCode::MissingToken
            | ErrorCode::TokenOutdated
            | ErrorCode::Superseded
    )
}
