use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::todo::{Todo, TodoCount};

/// The todos of all accounts, in a SQLite file of the app's own.
#[derive(Debug, Clone)]
pub struct TodoStore(SqlitePool);

impl TodoStore {
    /// Opens the file, and makes it if there is none.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub async fn open(file: &Path) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
        let pool = SqlitePool::connect_with(options).await?;
        let table = "CREATE TABLE IF NOT EXISTS todos (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            owner TEXT NOT NULL,
            username TEXT NOT NULL,
            text TEXT NOT NULL,
            done INTEGER NOT NULL DEFAULT FALSE
        ) STRICT";
        sqlx::query(table).execute(&pool).await?;
        let index = "CREATE INDEX IF NOT EXISTS todos_of_owner ON todos (owner, id)";
        sqlx::query(index).execute(&pool).await?;
        Ok(Self(pool))
    }

    pub(crate) async fn of(&self, owner: &str) -> Result<Vec<Todo>, sqlx::Error> {
        let query = sqlx::query_as("SELECT id, text, done FROM todos WHERE owner = ? ORDER BY id");
        let rows: Vec<(i64, String, bool)> = query.bind(owner).fetch_all(&self.0).await?;
        Ok(rows.into_iter().map(|(id, text, done)| Todo { id, text, done }).collect())
    }

    pub(crate) async fn add(
        &self,
        owner: &str,
        username: &str,
        text: &str,
    ) -> Result<(), sqlx::Error> {
        let query = sqlx::query("INSERT INTO todos (owner, username, text) VALUES (?, ?, ?)");
        query.bind(owner).bind(username).bind(text).execute(&self.0).await?;
        Ok(())
    }

    pub(crate) async fn tick(&self, owner: &str, id: i64, done: bool) -> Result<(), sqlx::Error> {
        let query = sqlx::query("UPDATE todos SET done = ? WHERE owner = ? AND id = ?");
        query.bind(done).bind(owner).bind(id).execute(&self.0).await?;
        Ok(())
    }

    pub(crate) async fn delete(&self, owner: &str, id: i64) -> Result<(), sqlx::Error> {
        let query = sqlx::query("DELETE FROM todos WHERE owner = ? AND id = ?");
        query.bind(owner).bind(id).execute(&self.0).await?;
        Ok(())
    }

    pub(crate) async fn counts(&self) -> Result<Vec<TodoCount>, sqlx::Error> {
        let query = sqlx::query_as(
            "SELECT max(username) AS name, count(*) FROM todos GROUP BY owner ORDER BY name",
        );
        let rows: Vec<(String, i64)> = query.fetch_all(&self.0).await?;
        Ok(rows.into_iter().map(|(username, todos)| TodoCount { username, todos }).collect())
    }
}
