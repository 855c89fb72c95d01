-- Heads of the audit chain, signed by the platform: who owns the database can make a new chain, and
-- cut entries off at its end, but not sign for it (src/audit/heads.ts).

-- What the chain covers of an entry, byte for byte: an export carries it, so that its hash can be
-- followed without a database.
CREATE FUNCTION audit_text(entry audit) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_array(
    entry.sequence, round(extract(epoch FROM entry.at) * 1000), entry.organisation_id, entry.actor,
    entry.action, entry.object_kind, entry.object_id, entry.before, entry.after, entry.reason,
    entry.request_id, encode(entry.previous_hash, 'hex'))::text
$$;
CREATE OR REPLACE FUNCTION audit_hash(entry audit) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(audit_text(entry), 'UTF8'))
$$;

-- One an hour, the newest of it: 8,760 a year. No rights for rmh_app.
CREATE TABLE audit_head (
  hour timestamptz PRIMARY KEY,
  sequence bigint NOT NULL,
  hash bytea NOT NULL,
  at timestamptz NOT NULL,
  -- Raw Ed25519, and its signature of the three above.
  key bytea NOT NULL,
  signature bytea NOT NULL
);

-- Who looked at this vehicle: the newest first.
DROP INDEX audit_object;
CREATE INDEX audit_object ON audit (object_kind, object_id, sequence);
