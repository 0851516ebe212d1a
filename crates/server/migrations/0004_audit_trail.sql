-- Who did it: a user's id, `anonymous`, `os:` and a name, or `system`.
ALTER TABLE events ADD COLUMN actor TEXT NOT NULL DEFAULT '';
-- What the client calls itself, or the command that was run.
ALTER TABLE events ADD COLUMN device TEXT NOT NULL DEFAULT '';
-- As the answer and the log carry it.
ALTER TABLE events ADD COLUMN request_id TEXT NOT NULL DEFAULT '';
-- How many events of one minute the row stands for.
ALTER TABLE events ADD COLUMN count BIGINT NOT NULL DEFAULT 1;

-- Ids are in the order of time, so the primary key serves purging and listing.
DROP INDEX events_by_time;
CREATE INDEX events_of_user ON events (user_id, id);

-- When each of the jobs that clean up was last begun, so that of several instances one does it.
CREATE TABLE jobs (
    name TEXT NOT NULL PRIMARY KEY,
    begun_at BIGINT NOT NULL
);
