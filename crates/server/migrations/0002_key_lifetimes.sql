-- From when a key makes tokens; before that it is published and accepted already.
ALTER TABLE keys ADD COLUMN active_at BIGINT NOT NULL DEFAULT 0;
-- A revoked key stays as a name, without its bytes, so that it cannot come back.
ALTER TABLE keys ADD COLUMN revoked_at BIGINT;
UPDATE keys SET active_at = created_at;
