-- Whether a session was made at djangorestframework-simplejwt's endpoints: its access tokens carry
-- two claims more.
ALTER TABLE sessions ADD COLUMN simplejwt BOOLEAN NOT NULL DEFAULT FALSE;
