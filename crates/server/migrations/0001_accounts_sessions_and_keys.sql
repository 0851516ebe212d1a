-- Ids are UUIDv7 text, times Unix seconds, hashes text: the same on SQLite and PostgreSQL.

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    username TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    attributes TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    -- Rises with everything that must end sessions; a session carries the epoch of its login.
    epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    password_changed_at BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    user_epoch BIGINT NOT NULL,
    secret_hash TEXT NOT NULL,
    delivery TEXT NOT NULL,
    generation BIGINT NOT NULL,
    -- The attempt that made or last repeated the current generation.
    attempt TEXT,
    -- The last four attempts that were answered, newest first, each followed by a space.
    past_attempts TEXT NOT NULL,
    rotated_at BIGINT NOT NULL,
    raced_generation BIGINT NOT NULL,
    raced_run BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    idle_expires_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_because TEXT,
    user_agent TEXT NOT NULL,
    address TEXT NOT NULL,
    remember BOOLEAN NOT NULL
);

CREATE INDEX sessions_of_user ON sessions (user_id, ended_at);

CREATE TABLE keys (
    id TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    -- Counts up within a purpose, so that of two instances that make a key at once one wins.
    ordinal BIGINT NOT NULL,
    algorithm TEXT NOT NULL,
    sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (purpose, ordinal)
);

-- What every instance must hear of within a second: ended sessions and changed accounts.
CREATE TABLE changes (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL
);

CREATE INDEX changes_by_time ON changes (at);

CREATE TABLE events (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    user_id TEXT,
    session_id TEXT,
    address TEXT,
    detail TEXT NOT NULL
);

CREATE INDEX events_by_time ON events (at);
