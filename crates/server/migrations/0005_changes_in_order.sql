-- Readers ask for what follows a position, which only the database itself gives: no clock of any
-- server is involved. On SQLite it counts up; on PostgreSQL it is the number of the transaction.
-- One row for each subject: a later change of the same takes the row's place.
ALTER TABLE changes ADD COLUMN position BIGINT NOT NULL DEFAULT 0;

CREATE INDEX changes_by_position ON changes (position);
