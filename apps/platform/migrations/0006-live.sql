-- The newest word of each unit: one row, overwritten. What `Now` told, as the API shows it.

CREATE TABLE unit_latest (
  unit_id integer PRIMARY KEY REFERENCES unit ON DELETE CASCADE,
  vehicle_id integer REFERENCES vehicle,
  organisation_id integer NOT NULL REFERENCES organisation,
  state text NOT NULL CHECK (state IN ('up', 'reduced', 'down', 'off', 'unknown')),
  since timestamptz NOT NULL,
  -- By the platform's clock.
  heard_at timestamptz NOT NULL,
  -- By the unit's clock, never ahead of the platform's: which of two words is the newer.
  at_ms bigint NOT NULL,
  -- By the database's clock: what readers that look again ask for.
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- LIVE without vehicleId, state, since and heardAt: gateway, place, carriers, outages …
  body jsonb NOT NULL,
  health jsonb
) WITH (
  -- A row is rewritten every ten seconds. Half-empty pages and no index on what changes let the
  -- new version lie on the same page (HOT), so that the table stays small without vacuum, which
  -- the embedded database never runs by itself.
  fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000
);
-- In the row while it fits: a TOAST table would grow at every rewrite.
ALTER TABLE unit_latest ALTER COLUMN body SET STORAGE MAIN;
CREATE INDEX unit_latest_vehicle ON unit_latest (vehicle_id);
CALL rmh_guard('unit_latest');
REVOKE INSERT, UPDATE, DELETE ON unit_latest FROM rmh_app;
