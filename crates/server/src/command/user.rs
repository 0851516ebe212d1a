use std::io::Read;

use carnet_shared::{
    DisplayName, Email, FieldCode, MAX_PASSWORD_BYTES, MAX_TOKEN_LENGTH, NewPassword, Secret, User,
    Username,
};
use clap::{Args, Subcommand};
use serde_json::Value;

use super::output::{is_interactive, moment, say, table};
use super::{CommandError, find_user};
use crate::app::App;
use crate::audit::{AccountEvent, Event, Operator};
use crate::error::ApiError;
use crate::passwords::NewHash;
use crate::request::RoomForPassword;
use crate::store::{NewUser, PasswordChange, PasswordChanged};
use crate::tokens::longest_access_token;

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Make an account.
    Add(AddArguments),
    /// Print all accounts.
    List,
    /// Change what is kept about an account.
    Set(SetArguments),
    /// Give or take a role. Tokens that say otherwise are outdated at once.
    Role {
        /// Username or e-mail address.
        #[arg(allow_hyphen_values = true)]
        user: String,
        /// Roles to give.
        #[arg(long = "add", value_name = "ROLE", required_unless_present = "remove")]
        add: Vec<String>,
        /// Roles to take.
        #[arg(long = "remove", value_name = "ROLE")]
        remove: Vec<String>,
    },
    /// Keep an account from being used and end its sessions.
    Disable {
        /// Username or e-mail address.
        #[arg(allow_hyphen_values = true)]
        user: String,
    },
    /// Let an account be used again.
    Enable {
        /// Username or e-mail address.
        #[arg(allow_hyphen_values = true)]
        user: String,
    },
    /// Delete an account with its sessions, for good.
    Delete {
        /// Username or e-mail address.
        #[arg(allow_hyphen_values = true)]
        user: String,
        /// Do it: without this nothing happens.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct AddArguments {
    /// 3 to 32 letters, digits, dots, dashes and underscores.
    #[arg(allow_hyphen_values = true)]
    username: String,
    /// E-mail address.
    email: String,
    /// What to call the person.
    #[arg(long, default_value = "")]
    name: String,
    /// Roles; `user` by default.
    #[arg(long = "role", value_name = "ROLE", default_value = "user")]
    roles: Vec<String>,
    /// Read the password from standard input instead of asking for it.
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true))]
pub(super) struct SetArguments {
    /// Username or e-mail address.
    #[arg(allow_hyphen_values = true)]
    user: String,
    /// A new username.
    #[arg(long, group = "what")]
    username: Option<String>,
    /// A new e-mail address.
    #[arg(long, group = "what")]
    email: Option<String>,
    /// A new name.
    #[arg(long, group = "what")]
    name: Option<String>,
    /// An attribute, as JSON or text; `null` takes it away.
    #[arg(long = "attribute", value_name = "NAME=VALUE", group = "what")]
    attributes: Vec<String>,
    /// Ask for a new password. All sessions end.
    #[arg(long, group = "what", conflicts_with = "password_stdin")]
    password: bool,
    /// Read a new password from standard input. All sessions end.
    #[arg(long, group = "what")]
    password_stdin: bool,
}

impl SetArguments {
    /// What is changed besides the password, for the audit trail.
    fn changed(&self) -> String {
        let fields = [("username", &self.username), ("email", &self.email), ("name", &self.name)];
        let fields = fields.into_iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name);
        let attributes = self.attributes.iter().filter_map(|text| text.split('=').next());
        fields.chain(attributes).collect::<Vec<_>>().join(" ")
    }
}

pub(super) async fn run(
    app: &App,
    operator: &Operator,
    command: UserCommand,
) -> Result<(), CommandError> {
    match command {
        UserCommand::Add(arguments) => add(app, operator, &arguments).await,
        UserCommand::List => list(app).await,
        UserCommand::Set(arguments) => set(app, operator, &arguments).await,
        UserCommand::Role { user, add, remove } => role(app, operator, &user, &add, &remove).await,
        UserCommand::Disable { user } => disable(app, operator, &user).await,
        UserCommand::Enable { user } => enable(app, operator, &user).await,
        UserCommand::Delete { user, yes } => delete(app, operator, &user, yes).await,
    }
}

async fn add(app: &App, operator: &Operator, arguments: &AddArguments) -> Result<(), CommandError> {
    let invalid = |field: &'static str| move |code| CommandError::field(field, code);
    let username = Username::parse(&arguments.username).map_err(invalid("username"))?;
    let email = Email::parse(&arguments.email).map_err(invalid("e-mail address"))?;
    let name = DisplayName::parse(&arguments.name).map_err(invalid("name"))?;
    for role in &arguments.roles {
        check_role(role)?;
    }
    let user = User {
        id: app.new_id(),
        email: email.as_str().to_owned(),
        username: username.as_str().to_owned(),
        name: name.as_str().to_owned(),
        roles: arguments.roles.clone(),
        attributes: serde_json::Map::new(),
        created_at: app.clock.now(),
    };
    require_short_token(app, None, &user)?;
    let known = [username.as_str(), email.as_str(), email.local_part(), name.as_str()];
    let password = read_password(app, arguments.password_stdin)?;
    let user = NewUser {
        id: user.id,
        password_hash: hash(app, &password, &known).await?,
        username,
        email,
        name,
        roles: user.roles,
        created_at: user.created_at,
    };
    app.store.add_user(&user).await.map_err(|error| {
        if error.is_taken() {
            CommandError::field("username or e-mail address", FieldCode::Taken)
        } else {
            error.into()
        }
    })?;
    record(app, operator, AccountEvent::AccountCreated, &user.id, "").await;
    say(&format!("Made the account {} ({}).", user.username.as_str(), user.id))
}

async fn list(app: &App) -> Result<(), CommandError> {
    let mut rows = Vec::new();
    for row in app.store.users().await? {
        let state = if row.disabled_at.is_some() { "disabled" } else { "active" };
        let user = row.user()?;
        rows.push([
            user.username,
            user.email,
            user.roles.join(","),
            state.to_owned(),
            moment(user.created_at),
            user.id,
        ]);
    }
    table(["USERNAME", "E-MAIL", "ROLES", "STATE", "SINCE", "ID"], &rows)
}

async fn set(app: &App, operator: &Operator, arguments: &SetArguments) -> Result<(), CommandError> {
    let invalid = |field: &'static str| move |code| CommandError::field(field, code);
    let before = find_user(app, &arguments.user).await?.user()?;
    let mut user = before.clone();
    if let Some(username) = &arguments.username {
        let username = Username::parse(username).map_err(invalid("username"))?;
        username.as_str().clone_into(&mut user.username);
    }
    if let Some(email) = &arguments.email {
        let email = Email::parse(email).map_err(invalid("e-mail address"))?;
        email.as_str().clone_into(&mut user.email);
    }
    if let Some(name) = &arguments.name {
        let name = DisplayName::parse(name).map_err(invalid("name"))?;
        name.as_str().clone_into(&mut user.name);
    }
    for attribute in &arguments.attributes {
        set_attribute(&mut user, attribute)?;
    }
    require_short_token(app, Some(&before), &user)?;
    let changed = arguments.changed();
    if !changed.is_empty() {
        update(app, &user).await?;
        record(app, operator, AccountEvent::AccountChanged, &user.id, &changed).await;
    }
    if arguments.password || arguments.password_stdin {
        set_password(app, operator, &user, arguments.password_stdin).await?;
    }
    say(&format!("Changed {}.", user.username))
}

fn set_attribute(user: &mut User, attribute: &str) -> Result<(), CommandError> {
    let (name, text) = attribute.split_once('=').ok_or_else(|| {
        CommandError::Refused("write an attribute as --attribute name=value".to_owned())
    })?;
    let value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    match value {
        Value::Null => user.attributes.remove(name),
        value => user.attributes.insert(name.to_owned(), value),
    };
    Ok(())
}

async fn set_password(
    app: &App,
    operator: &Operator,
    user: &User,
    from_stdin: bool,
) -> Result<(), CommandError> {
    let known = [user.username.as_str(), &user.email, &user.name];
    let password = read_password(app, from_stdin)?;
    let hash = hash(app, &password, &known).await?;
    let gone = || CommandError::NoUser(user.username.clone());
    let old = app.store.credentials_of(&user.id).await?.ok_or_else(gone)?;
    let change = PasswordChange { old: &old, hash: &hash, session: None, now: app.clock.now() };
    match app.store.change_password(&change).await? {
        PasswordChanged::Changed(_) => {
            record(app, operator, AccountEvent::PasswordChanged, &user.id, "").await;
            Ok(())
        }
        PasswordChanged::Raced => Err(CommandError::Refused(
            "the account is disabled, or was changed at the same moment".to_owned(),
        )),
    }
}

async fn role(
    app: &App,
    operator: &Operator,
    login: &str,
    add: &[String],
    remove: &[String],
) -> Result<(), CommandError> {
    let before = find_user(app, login).await?.user()?;
    let mut user = before.clone();
    for role in add {
        check_role(role)?;
        if !user.roles.contains(role) {
            user.roles.push(role.clone());
        }
    }
    user.roles.retain(|role| !remove.contains(role));
    require_short_token(app, Some(&before), &user)?;
    update(app, &user).await?;
    let given = add.iter().map(|role| format!("+{role}"));
    let taken = remove.iter().map(|role| format!("-{role}"));
    let detail = given.chain(taken).collect::<Vec<_>>().join(" ");
    record(app, operator, AccountEvent::RolesChanged, &user.id, &detail).await;
    say(&format!("{} is now: {}", user.username, user.roles.join(", ")))
}

async fn update(app: &App, user: &User) -> Result<(), CommandError> {
    let updated = app.store.update_user(user).await;
    updated.map_err(|error| {
        if error.is_taken() {
            CommandError::field("username or e-mail address", FieldCode::Taken)
        } else {
            error.into()
        }
    })
}

async fn disable(app: &App, operator: &Operator, login: &str) -> Result<(), CommandError> {
    let user = find_user(app, login).await?;
    let ended = app.store.disable_user(&user.id, app.clock.now()).await?;
    record(app, operator, AccountEvent::AccountDisabled, &user.id, "").await;
    say(&format!("Disabled {} and ended {} sessions.", user.username, ended.len()))
}

async fn enable(app: &App, operator: &Operator, login: &str) -> Result<(), CommandError> {
    let user = find_user(app, login).await?;
    app.store.enable_user(&user.id).await?;
    record(app, operator, AccountEvent::AccountEnabled, &user.id, "").await;
    say(&format!("Enabled {}.", user.username))
}

async fn delete(
    app: &App,
    operator: &Operator,
    login: &str,
    yes: bool,
) -> Result<(), CommandError> {
    let user = find_user(app, login).await?;
    if !yes {
        return Err(CommandError::Refused(format!(
            "this deletes {} for good; say --yes to do it",
            user.username
        )));
    }
    let ended = app.store.delete_user(&user.id, app.clock.now()).await?;
    record(app, operator, AccountEvent::AccountDeleted, &user.id, "").await;
    say(&format!("Deleted {} and ended {} sessions.", user.username, ended.len()))
}

/// Refuses what makes the access tokens of an account longer than anybody accepts: nobody could be
/// signed in to it. What makes them shorter passes.
fn require_short_token(app: &App, before: Option<&User>, user: &User) -> Result<(), CommandError> {
    let length = |user| {
        let refused = |error: ApiError| CommandError::Refused(error.to_string());
        longest_access_token(app, user).map_err(refused)
    };
    let bytes = length(user)?;
    let shrinks = before.map(length).transpose()?.is_some_and(|before| bytes < before);
    if bytes <= MAX_TOKEN_LENGTH || shrinks {
        return Ok(());
    }
    Err(CommandError::Refused(format!(
        "an access token of {} could have {bytes} bytes, and nothing accepts more than \
         {MAX_TOKEN_LENGTH}: give fewer or shorter roles, or attributes that are claims",
        user.username
    )))
}

fn check_role(role: &str) -> Result<(), CommandError> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
    if (1..=64).contains(&role.len()) && role.bytes().all(is_allowed) {
        Ok(())
    } else {
        Err(CommandError::Refused("a role has 1 to 64 letters, digits and . _ : -".to_owned()))
    }
}

/// Never from an argument, where every process of the machine could read it.
fn read_password(app: &App, from_stdin: bool) -> Result<Secret, CommandError> {
    let io = |error| CommandError::Io { what: "password".to_owned(), error };
    let text = if from_stdin {
        let mut text = String::new();
        let limit = u64::try_from(MAX_PASSWORD_BYTES + 2).unwrap_or(u64::MAX);
        std::io::stdin().take(limit).read_to_string(&mut text).map_err(io)?;
        text.trim_end_matches(['\r', '\n']).to_owned()
    } else if is_interactive() {
        rpassword::prompt_password("Password: ").map_err(io)?
    } else {
        return Err(CommandError::Refused(
            "nobody is there to ask for a password; use --password-stdin".to_owned(),
        ));
    };
    let policy = app.settings.passwords.policy();
    let password =
        NewPassword::parse(&text, policy).map_err(|code| CommandError::field("password", code))?;
    Ok(password.secret().clone())
}

/// Judges a password as a registration does, and hashes it.
async fn hash(app: &App, password: &Secret, known: &[&str]) -> Result<Secret, CommandError> {
    let place = app.passwords.place(&RoomForPassword::for_command())?;
    let known = known.iter().copied().map(Secret::new).collect();
    match app.passwords.hash_new(place, password, known).await? {
        NewHash::Hash(hash) => Ok(hash),
        NewHash::TooEasy => Err(CommandError::field("password", FieldCode::TooEasy)),
    }
}

async fn record(app: &App, operator: &Operator, kind: AccountEvent, user_id: &str, detail: &str) {
    app.record(Event::of_account(kind, user_id, operator.origin()).with_detail(detail)).await;
}
