/// Makes one enum for each group of events and [`EventKind`] with all of them.
macro_rules! event_kinds {
    ($(
        $(#[doc = $group_doc:literal])+
        $group:ident($subject:ident, counted = $counted:literal) {
            $($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+
        }
    )+) => {
        $(
            $(#[doc = $group_doc])+
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub enum $group {
                $($(#[doc = $doc])+ $variant,)+
            }

            impl From<$group> for EventKind {
                fn from(event: $group) -> Self {
                    match event { $($group::$variant => Self::$variant,)+ }
                }
            }
        )+

        /// What is worth knowing afterwards.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EventKind {
            $($($(#[doc = $doc])+ $variant,)+)+
        }

        impl EventKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)+)+];

            /// The name under which it is recorded.
            pub fn as_str(self) -> &'static str {
                match self { $($(Self::$variant => $name,)+)+ }
            }

            /// What an event of this kind is about.
            pub fn subject(self) -> Subject {
                match self { $($(Self::$variant => Subject::$subject,)+)+ }
            }

            /// Whether events of this kind are counted in memory and recorded as one row for each
            /// account, network and minute. A flood causes these, and it must not fill the disk.
            pub fn is_counted(self) -> bool {
                match self { $($(Self::$variant => $counted,)+)+ }
            }
        }
    };
}

/// What an event is about, and so what it always carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A session and its account.
    Session,
    /// An account.
    Account,
    /// An account where one is known.
    Anybody,
    /// The deployment: its keys, its secret, all sessions at once.
    Deployment,
}

event_kinds! {
    /// What happened to a session.
    SessionEvent(Session, counted = false) {
        /// A session began.
        LoginSucceeded = "login_succeeded",
        /// A session ended because its owner signed out.
        LoggedOut = "logged_out",
        /// A session was ended from another device or by an operator.
        SessionEnded = "session_ended",
        /// An old refresh token was used. The session was ended.
        RefreshReused = "refresh_reused",
        /// Several clients raced for three generations in a row. The session was ended.
        RefreshForked = "refresh_forked",
        /// A refresh token was ahead of the database, which has lost a write.
        RefreshBehind = "refresh_behind",
    }

    /// What was refused or answered again within a session.
    SessionRefusal(Session, counted = true) {
        /// The current password was wrong when somebody signed in tried to change it.
        PasswordRefused = "password_refused",
        /// A client asked again for an answer that it had lost.
        RefreshRepeated = "refresh_repeated",
        /// Several clients raced for one refresh.
        RefreshRaced = "refresh_raced",
        /// A refresh was repeated after newer ones had been answered.
        RefreshLate = "refresh_late",
        /// A refresh token was further ahead of the database than a lost write explains.
        RefreshLost = "refresh_lost",
    }

    /// What was refused to somebody who may be unknown.
    RefusalEvent(Anybody, counted = true) {
        /// A wrong password, or an unknown or disabled account.
        LoginFailed = "login_failed",
        /// Too many attempts.
        Throttled = "throttled",
        /// A registration with an e-mail address or username that another account has.
        RegistrationRefused = "registration_refused",
        /// A wrong secret of a service that wanted to know what a token is worth.
        IntrospectionRefused = "introspection_refused",
    }

    /// What happened to an account.
    AccountEvent(Account, counted = false) {
        /// An account was created.
        AccountCreated = "account_created",
        /// The password was changed.
        PasswordChanged = "password_changed",
        /// The person changed the display name.
        NameChanged = "name_changed",
        /// An operator changed the username, e-mail address, name or attributes.
        AccountChanged = "account_changed",
        /// An operator changed the roles.
        RolesChanged = "roles_changed",
        /// The account was disabled.
        AccountDisabled = "account_disabled",
        /// The account was enabled again.
        AccountEnabled = "account_enabled",
        /// The account was deleted.
        AccountDeleted = "account_deleted",
    }

    /// What happened to the deployment.
    DeploymentEvent(Deployment, counted = false) {
        /// A key was created or imported.
        KeyAdded = "key_added",
        /// A key was revoked.
        KeyRevoked = "key_revoked",
        /// The keys were sealed with a new master secret.
        SecretRotated = "secret_rotated",
        /// Every session of every account was ended.
        EveryoneSignedOut = "everyone_signed_out",
    }
}
