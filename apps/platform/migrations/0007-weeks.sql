-- Weeks of Norway (from Monday), made of days: a month of the nation is read from a third of the
-- rows, a year from a seventh.
CREATE TABLE rollup_service_604800 PARTITION OF rollup_service FOR VALUES IN (604800);
CREATE TABLE rollup_path_604800 PARTITION OF rollup_path FOR VALUES IN (604800);
CREATE INDEX ON rollup_service_604800 (at);
CREATE INDEX ON rollup_path_604800 (at);

-- The weeks there have been.
INSERT INTO dirty_bucket (step_s, unit_id, at)
  SELECT DISTINCT 604800, unit_id, date_trunc('week', at, 'Europe/Oslo')
  FROM rollup_service WHERE step_s = 86400;

-- Before this time nothing is dirty at these steps: figures up to it are complete. A week that is
-- not over (began at `this_week` or later) is read from its days.
DROP FUNCTION telemetry_dirty_since(integer[]);
CREATE FUNCTION telemetry_dirty_since(steps integer[], this_week timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT min(at) FROM dirty_bucket
  WHERE step_s = ANY (steps) AND (step_s <> 604800 OR at < this_week)
$$;
