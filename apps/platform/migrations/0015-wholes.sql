-- What a year of the nation is asked for, added up beforehand: a trend of it was a million rows.
--
-- Rows of an organisation here are those of all below it too, so the nation reads its own row and
-- no other. An organisation never moves, so what was added stays where it belongs. An asker reads
-- the rows of the highest organisations that he sees, and adds nothing twice (organisations/highest.ts).

-- How long the service (link '') and each carrier was up and down, by day of Norway.
CREATE TABLE availability_day (
  organisation_id integer NOT NULL REFERENCES organisation,
  simulated boolean NOT NULL,
  at timestamptz NOT NULL,
  link text NOT NULL,
  up_ms bigint NOT NULL,
  down_ms bigint NOT NULL,
  PRIMARY KEY (organisation_id, simulated, at, link)
);
-- Days whose rows are no longer the sum of the vehicles' days.
CREATE TABLE availability_dirty (at timestamptz PRIMARY KEY);
INSERT INTO availability_dirty SELECT DISTINCT at FROM rollup_service WHERE step_s = 86400;

-- How many results of requirements began less how many ended, by day of Norway.
CREATE TABLE requirement_change (
  organisation_id integer NOT NULL REFERENCES organisation,
  of_vehicle boolean NOT NULL,
  simulated boolean NOT NULL,
  day date NOT NULL,
  state text NOT NULL,
  n integer NOT NULL,
  PRIMARY KEY (organisation_id, of_vehicle, simulated, day, state)
);
DO $$ DECLARE summed text; BEGIN
  FOREACH summed IN ARRAY ARRAY['availability_day', 'requirement_change'] LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', summed);
    EXECUTE format('CREATE POLICY at_or_below ON %s FOR SELECT TO rmh_app
      USING (organisation_id = ANY ((SELECT rmh_visible())::integer[]))', summed);
    EXECUTE format('GRANT SELECT ON %s TO rmh_app', summed);
  END LOOP;
END $$;

-- Whoever writes a result writes this too: a row that is gone is taken off, one that is new is
-- added, and one that has changed is both. By statement: an evaluation writes 2,000 at once.
CREATE FUNCTION requirement_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO requirement_change AS c
    SELECT t.ancestor_id, m.vehicle_id IS NOT NULL, m.simulated,
      (e.at AT TIME ZONE 'Europe/Oslo')::date, m.state, sum(e.n * TG_ARGV[0]::integer)
    FROM moved m JOIN organisation_tree t ON t.organisation_id = m.organisation_id
    CROSS JOIN LATERAL (VALUES (m.from_at, 1), (m.to_at, -1)) AS e (at, n)
    WHERE e.at IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5
    -- Two who write at once lock them in the same order.
    ORDER BY 1, 2, 3, 4, 5
  ON CONFLICT (organisation_id, of_vehicle, simulated, day, state)
    DO UPDATE SET n = c.n + excluded.n;
  IF TG_OP = 'DELETE' THEN DELETE FROM requirement_change WHERE n = 0; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER result_begins AFTER INSERT ON requirement_result
  REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION requirement_changes('1');
CREATE TRIGGER result_was AFTER UPDATE ON requirement_result
  REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION requirement_changes('-1');
CREATE TRIGGER result_is AFTER UPDATE ON requirement_result
  REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION requirement_changes('1');
CREATE TRIGGER result_goes AFTER DELETE ON requirement_result
  REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION requirement_changes('-1');
INSERT INTO requirement_change
  SELECT t.ancestor_id, x.vehicle_id IS NOT NULL, x.simulated,
    (e.at AT TIME ZONE 'Europe/Oslo')::date, x.state, sum(e.n)
  FROM requirement_result x JOIN organisation_tree t ON t.organisation_id = x.organisation_id
  CROSS JOIN LATERAL (VALUES (x.from_at, 1), (x.to_at, -1)) AS e (at, n)
  WHERE e.at IS NOT NULL
  GROUP BY 1, 2, 3, 4, 5;

-- Days of missions by weeks of Norway (from Monday), as vehicles' days are.
CREATE TABLE mission_week (LIKE mission_day INCLUDING ALL);
ALTER TABLE mission_week ENABLE ROW LEVEL SECURITY;
CREATE POLICY at_or_below ON mission_week FOR SELECT TO rmh_app
  USING (organisation_id IN (SELECT unnest(rmh_visible())));
GRANT SELECT ON mission_week TO rmh_app;
DO $$ DECLARE sums text; BEGIN
  SELECT string_agg(format('sum(%I)', attname), ', ' ORDER BY attnum) INTO sums FROM pg_attribute
    WHERE attrelid = 'mission_day'::regclass AND NOT attisdropped
      AND attnum > (SELECT attnum FROM pg_attribute
        WHERE attrelid = 'mission_day'::regclass AND attname = 'urgency');
  EXECUTE 'INSERT INTO mission_week SELECT date_trunc(''week'', at, ''Europe/Oslo''), vehicle_id,
    organisation_id, simulated, urgency, ' || sums || ' FROM mission_day GROUP BY 1, 2, 3, 4, 5';
END $$;

-- What one person did, the newest first.
CREATE INDEX audit_actor ON audit (actor, sequence);
