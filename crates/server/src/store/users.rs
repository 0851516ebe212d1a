use carnet_shared::{DisplayName, Email, Secret, User, Username};
use serde_json::{Map, Value};

use super::changes::record_change;
use super::database::{each_database, in_one_statement, in_transaction};
use super::error::{from_json, to_json};
use super::{Store, StoreError};

/// An account as it lies in the database.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct UserRow {
    /// UUIDv7.
    #[sqlx(rename = "user_id")]
    pub id: String,
    /// Lower-cased.
    pub email: String,
    /// Lower-cased.
    pub username: String,
    /// May be empty.
    pub name: String,
    /// A JSON list of texts.
    pub roles: String,
    /// A JSON object.
    pub attributes: String,
    /// Unix seconds.
    #[sqlx(rename = "user_created_at")]
    pub created_at: i64,
    /// Unix seconds; absent while the account may be used.
    pub disabled_at: Option<i64>,
}

/// The columns of [`UserRow`], from `users`.
macro_rules! user_columns {
    () => {
        "id AS user_id, email, username, name, roles, attributes, created_at AS user_created_at, \
         disabled_at"
    };
}

pub(super) use user_columns;

impl UserRow {
    /// The account as its owner sees it.
    ///
    /// # Errors
    /// When a column cannot be read.
    pub fn user(self) -> Result<User, StoreError> {
        Ok(User {
            roles: from_json(&self.roles, "users.roles")?,
            attributes: from_json(&self.attributes, "users.attributes")?,
            id: self.id,
            email: self.email,
            username: self.username,
            name: self.name,
            created_at: self.created_at,
        })
    }
}

/// An account to be made.
#[derive(Debug)]
pub struct NewUser {
    /// UUIDv7.
    pub id: String,
    /// Must be nobody's yet.
    pub email: Email,
    /// Must be nobody's yet.
    pub username: Username,
    /// May be empty.
    pub name: DisplayName,
    /// May be none.
    pub roles: Vec<String>,
    /// PHC string.
    pub password_hash: Secret,
    /// Unix seconds.
    pub created_at: i64,
}

/// What a password is checked against.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Whose.
    pub user_id: String,
    /// PHC string.
    pub password_hash: Secret,
    /// As it was when the hash was read: whoever acts on the check must find it unchanged.
    pub epoch: i64,
    /// Whether the account may not be used.
    pub disabled: bool,
}

/// The ids of the accounts that have an e-mail address and a username.
#[derive(Debug, sqlx::FromRow)]
pub struct NameOwners {
    /// Of the account with the e-mail address.
    pub of_email: Option<String>,
    /// Of the account with the username.
    pub of_username: Option<String>,
}

macro_rules! credentials {
    () => {
        "SELECT id, password_hash, epoch, disabled_at IS NOT NULL FROM users "
    };
}

type CredentialsRow = (String, String, i64, bool);

impl From<CredentialsRow> for Credentials {
    fn from((user_id, password_hash, epoch, disabled): CredentialsRow) -> Self {
        Self { user_id, password_hash: Secret::new(password_hash), epoch, disabled }
    }
}

/// A username or an e-mail address in the form in which it is stored: domains in one spelling, and
/// everything lower-cased.
fn as_stored(login: &str) -> String {
    match Email::parse(login) {
        Ok(email) => email.as_str().to_owned(),
        Err(_) => login.to_ascii_lowercase(),
    }
}

impl Store {
    /// Adds an account.
    ///
    /// # Errors
    /// When the database fails; `is_taken` tells a taken name from a fault.
    pub async fn add_user(&self, user: &NewUser) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO users (id, email, username, name, roles, attributes, \
             password_hash, epoch, created_at, password_changed_at) \
             VALUES ($1, $2, $3, $4, $5, '{}', $6, 0, $7, $7)";
        self.has_room()?;
        in_one_statement!(self, connection => sqlx::query(SQL)
            .bind(&user.id)
            .bind(user.email.as_str())
            .bind(user.username.as_str())
            .bind(user.name.as_str())
            .bind(to_json(&user.roles))
            .bind(user.password_hash.expose())
            .bind(user.created_at)
            .execute(connection)
            .await
            .map(|_| ()))
    }

    /// The accounts that have these names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owners(
        &self,
        email: &Email,
        username: &Username,
    ) -> Result<NameOwners, StoreError> {
        const SQL: &str = "SELECT (SELECT id FROM users WHERE email = $1) AS of_email, \
             (SELECT id FROM users WHERE username = $2) AS of_username";
        let owners = each_database!(&self.read, pool => sqlx::query_as(SQL)
            .bind(email.as_str())
            .bind(username.as_str())
            .fetch_one(pool)
            .await)?;
        Ok(owners)
    }

    /// What the password of an account is checked against, by e-mail address or username in any
    /// case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credentials(&self, login: &str) -> Result<Option<Credentials>, StoreError> {
        const SQL: &str = concat!(credentials!(), "WHERE email = $1 OR username = $1");
        let row: Option<CredentialsRow> = each_database!(&self.read, pool =>
            sqlx::query_as(SQL).bind(as_stored(login)).fetch_optional(pool).await)?;
        Ok(row.map(Credentials::from))
    }

    /// What the password of this account is checked against.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credentials_of(&self, user_id: &str) -> Result<Option<Credentials>, StoreError> {
        const SQL: &str = concat!(credentials!(), "WHERE id = $1");
        let row: Option<CredentialsRow> = each_database!(&self.read, pool =>
            sqlx::query_as(SQL).bind(user_id).fetch_optional(pool).await)?;
        Ok(row.map(Credentials::from))
    }

    /// An account by its id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user(&self, id: &str) -> Result<Option<UserRow>, StoreError> {
        const SQL: &str = concat!("SELECT ", user_columns!(), " FROM users WHERE id = $1");
        let row = each_database!(&self.read, pool =>
            sqlx::query_as(SQL).bind(id).fetch_optional(pool).await)?;
        Ok(row)
    }

    /// An account by its e-mail address or username, in any case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_by_login(&self, login: &str) -> Result<Option<UserRow>, StoreError> {
        const SQL: &str =
            concat!("SELECT ", user_columns!(), " FROM users WHERE email = $1 OR username = $1");
        let row = each_database!(&self.read, pool =>
            sqlx::query_as(SQL).bind(as_stored(login)).fetch_optional(pool).await)?;
        Ok(row)
    }

    /// All accounts, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users(&self) -> Result<Vec<UserRow>, StoreError> {
        const SQL: &str =
            concat!("SELECT ", user_columns!(), " FROM users ORDER BY created_at, id");
        let rows = each_database!(&self.read, pool => sqlx::query_as(SQL).fetch_all(pool).await)?;
        Ok(rows)
    }

    /// Changes what a person is called. The same name again changes nothing and is no news.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rename(
        &self,
        id: &str,
        name: &DisplayName,
    ) -> Result<Option<UserRow>, StoreError> {
        const SQL: &str = concat!(
            "UPDATE users SET name = $2 WHERE id = $1 AND name <> $2 RETURNING ",
            user_columns!()
        );
        self.has_room()?;
        let renamed: Option<UserRow> = in_transaction!(self, transaction => {
            let row = sqlx::query_as(SQL)
                .bind(id)
                .bind(name.as_str())
                .fetch_optional(&mut *transaction)
                .await?;
            if row.is_some() {
                // A claim may be made of the name.
                record_change!(transaction, "account", id);
            }
            row
        })?;
        match renamed {
            Some(row) => Ok(Some(row)),
            None => self.user(id).await,
        }
    }

    /// Changes what operators keep about an account: roles, attributes and names. Tokens that say
    /// otherwise are outdated from then on; sessions go on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_user(&self, user: &User) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE users SET email = $2, username = $3, name = $4, roles = $5, \
             attributes = $6 WHERE id = $1";
        in_transaction!(self, transaction => {
            sqlx::query(SQL)
                .bind(&user.id)
                .bind(&user.email)
                .bind(&user.username)
                .bind(&user.name)
                .bind(to_json(&user.roles))
                .bind(to_json::<Map<String, Value>>(&user.attributes))
                .execute(&mut *transaction)
                .await?;
            record_change!(transaction, "account", &user.id);
        })
    }

    /// The beginnings of the password hashes that tell their cost, each once. All accounts are read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn password_costs(&self) -> Result<Vec<String>, StoreError> {
        // A salt of 22 characters, a hash of 43, and what stands between them.
        const SQL: &str = "SELECT DISTINCT substr(password_hash, 1, length(password_hash) - 66) \
             FROM users WHERE length(password_hash) > 66 LIMIT 64";
        let rows: Vec<(String,)> =
            each_database!(&self.read, pool => sqlx::query_as(SQL).fetch_all(pool).await)?;
        Ok(rows.into_iter().map(|(beginning,)| beginning).collect())
    }

    /// Replaces a hash whose cost is no longer what the settings ask for, unless the password was
    /// changed in the meantime.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_hash(&self, old: &Credentials, hash: &Secret) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE users SET password_hash = $3 WHERE id = $1 AND epoch = $2";
        in_one_statement!(self, connection => sqlx::query(SQL)
            .bind(&old.user_id)
            .bind(old.epoch)
            .bind(hash.expose())
            .execute(connection)
            .await
            .map(|_| ()))
    }
}

impl StoreError {
    /// Whether another row has the same unique name.
    pub fn is_taken(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => error.is_unique_violation(),
            Self::Database(_)
            | Self::NotCommitted
            | Self::TimedOut
            | Self::Full
            | Self::Corrupt(_) => false,
        }
    }
}
