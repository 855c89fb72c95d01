-- What vehicles measured. Raw samples live in partitions of a day and leave by dropping them;
-- figures are sums in rollups that can be rebuilt from the raw rows. Times are ms, so that sums
-- are whole numbers and do not depend on the order in which they were added.

-- In which vehicle a unit was, and from when: samples that come late count where they were made.
CREATE TABLE unit_fitting (
  unit_id integer NOT NULL REFERENCES unit ON DELETE CASCADE,
  since timestamptz NOT NULL,
  vehicle_id integer REFERENCES vehicle,
  PRIMARY KEY (unit_id, since)
);

CREATE FUNCTION unit_is_fitted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  -- The first vehicle of a unit has been its vehicle from the beginning.
  INSERT INTO unit_fitting (unit_id, since, vehicle_id)
    SELECT NEW.id,
      CASE WHEN EXISTS (SELECT FROM unit_fitting WHERE unit_id = NEW.id) THEN now()
        ELSE '2000-01-01Z' END,
      NEW.vehicle_id
    WHERE NEW.vehicle_id IS NOT NULL OR TG_OP = 'UPDATE'
  ON CONFLICT (unit_id, since) DO UPDATE SET vehicle_id = excluded.vehicle_id;
  RETURN NULL;
END $$;
CREATE TRIGGER unit_is_fitted AFTER INSERT ON unit
  FOR EACH ROW EXECUTE FUNCTION unit_is_fitted();
CREATE TRIGGER unit_is_refitted AFTER UPDATE OF vehicle_id ON unit
  FOR EACH ROW WHEN (NEW.vehicle_id IS DISTINCT FROM OLD.vehicle_id)
  EXECUTE FUNCTION unit_is_fitted();
-- Watched to this day, or until the last sample: who was taken out or revoked is not silent.
CREATE FUNCTION unit_watch_ends() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  UPDATE vehicle_watch
    SET ended = vehicle_id IS DISTINCT FROM NEW.vehicle_id OR NEW.state <> 'enrolled'
    WHERE unit_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER unit_watch_ends AFTER UPDATE OF vehicle_id, state ON unit
  FOR EACH ROW WHEN (NEW.vehicle_id IS DISTINCT FROM OLD.vehicle_id OR NEW.state <> OLD.state)
  EXECUTE FUNCTION unit_watch_ends();
INSERT INTO unit_fitting
  SELECT id, '2000-01-01Z', vehicle_id FROM unit WHERE vehicle_id IS NOT NULL;

-- Written up to and with `through`. Every number up to it is a row of `sample` or lies in a row of
-- `sample_missing`.
CREATE TABLE sample_cursor (
  unit_id integer NOT NULL REFERENCES unit ON DELETE CASCADE,
  journal uuid NOT NULL,
  through bigint NOT NULL,
  heard_at timestamptz NOT NULL,
  PRIMARY KEY (unit_id, journal)
) WITH (fillfactor = 50);

CREATE TABLE sample_missing (
  unit_id integer NOT NULL REFERENCES unit ON DELETE CASCADE,
  journal uuid NOT NULL,
  first bigint NOT NULL,
  last bigint NOT NULL,
  -- 'unit': it never sent them. The others were sent, and refused: docs/statistics.md.
  reason text NOT NULL
    CHECK (reason IN ('unit', 'future', 'too-old', 'contradicts', 'overlap', 'no-vehicle')),
  noted_at timestamptz NOT NULL,
  PRIMARY KEY (unit_id, journal, first)
);

-- From when to when a unit has measured in a vehicle: time between samples inside it is off or
-- unknown, time outside it is nothing at all.
CREATE TABLE vehicle_watch (
  unit_id integer NOT NULL REFERENCES unit ON DELETE CASCADE,
  vehicle_id integer NOT NULL REFERENCES vehicle,
  organisation_id integer NOT NULL,
  simulated boolean NOT NULL,
  first_at timestamptz NOT NULL,
  last_end timestamptz NOT NULL,
  ended boolean NOT NULL DEFAULT false,
  PRIMARY KEY (unit_id, vehicle_id)
) WITH (fillfactor = 50);

CREATE TABLE sample (
  unit_id integer NOT NULL,
  at timestamptz NOT NULL,
  span_ms integer NOT NULL,
  journal uuid NOT NULL,
  sequence bigint NOT NULL,
  vehicle_id integer NOT NULL,
  organisation_id integer NOT NULL,
  simulated boolean NOT NULL,
  previous text,
  up_ms integer NOT NULL,
  down_ms integer NOT NULL,
  -- The service was down, and no carrier can have been up for this long of it.
  all_down_ms integer NOT NULL,
  gateway text,
  -- H3, resolution 8. Positions leave earlier than the rest, by rule.
  cell bigint,
  latitude double precision,
  longitude double precision,
  speed_ms real,
  heading_deg real,
  cpu_share real,
  memory_share real,
  disk_share real,
  temperature_c real,
  supply text,
  critical_sent integer NOT NULL,
  critical_received integer NOT NULL,
  critical_repaired integer NOT NULL,
  critical_late integer NOT NULL,
  critical_lost integer NOT NULL,
  critical_quiet_ms integer NOT NULL,
  realtime_sent integer NOT NULL,
  realtime_received integer NOT NULL,
  realtime_repaired integer NOT NULL,
  realtime_late integer NOT NULL,
  realtime_lost integer NOT NULL,
  realtime_quiet_ms integer NOT NULL,
  interactive_sent integer NOT NULL,
  interactive_received integer NOT NULL,
  interactive_repaired integer NOT NULL,
  interactive_late integer NOT NULL,
  interactive_lost integer NOT NULL,
  interactive_quiet_ms integer NOT NULL,
  bulk_sent integer NOT NULL,
  bulk_received integer NOT NULL,
  bulk_repaired integer NOT NULL,
  bulk_late integer NOT NULL,
  bulk_lost integer NOT NULL,
  bulk_quiet_ms integer NOT NULL,
  PRIMARY KEY (unit_id, at)
) PARTITION BY RANGE (at);

CREATE TABLE sample_path (
  unit_id integer NOT NULL,
  at timestamptz NOT NULL,
  link text NOT NULL,
  organisation_id integer NOT NULL,
  up_ms integer NOT NULL,
  down_ms integer NOT NULL,
  -- The rest of the span: the modem was not there.
  absent_ms integer NOT NULL,
  rtt_us integer,
  loss_share real,
  packets_sent bigint NOT NULL,
  packets_lost bigint NOT NULL,
  bytes_sent bigint NOT NULL,
  bytes_received bigint NOT NULL,
  bytes_duplicated bigint NOT NULL,
  technology text,
  rsrp_dbm real,
  rsrq_db real,
  sinr_db real,
  radio_cell text,
  PRIMARY KEY (unit_id, at, link)
) PARTITION BY RANGE (at);

CREATE TABLE outage (
  id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  unit_id integer NOT NULL,
  journal uuid NOT NULL,
  number bigint NOT NULL,
  vehicle_id integer NOT NULL,
  organisation_id integer NOT NULL,
  simulated boolean NOT NULL,
  -- Null: the service.
  link text,
  from_at timestamptz NOT NULL,
  to_at timestamptz,
  moved_to text,
  moved_after_ms integer,
  critical_lost integer NOT NULL,
  frozen_ms integer NOT NULL,
  cause text NOT NULL DEFAULT 'unknown'
    CHECK (cause IN ('carrier', 'gateway', 'unit', 'power', 'unknown')),
  -- Something came that may change the cause.
  cause_due boolean NOT NULL DEFAULT true,
  UNIQUE (unit_id, journal, number)
);
CREATE INDEX outage_of_vehicle ON outage (vehicle_id, from_at DESC, id DESC);
CREATE INDEX outage_of_unit ON outage (unit_id, from_at);
CREATE INDEX outage_due ON outage (id) WHERE cause_due;
CREATE INDEX outage_open ON outage (unit_id) WHERE to_at IS NULL;

CREATE TABLE view_cursor (
  gateway_id integer NOT NULL REFERENCES gateway ON DELETE CASCADE,
  journal uuid NOT NULL,
  through bigint NOT NULL,
  heard_at timestamptz NOT NULL,
  PRIMARY KEY (gateway_id, journal)
) WITH (fillfactor = 50);

-- The other end's word. Only the judgement of outages reads it.
CREATE TABLE gateway_view (
  gateway_id integer NOT NULL,
  unit_id integer NOT NULL,
  at timestamptz NOT NULL,
  span_ms integer NOT NULL,
  active boolean NOT NULL,
  up_ms integer NOT NULL,
  links text[] NOT NULL,
  link_up_ms integer[] NOT NULL,
  link_rtt_us integer[] NOT NULL,
  PRIMARY KEY (gateway_id, at, unit_id)
) PARTITION BY RANGE (at);

-- The vehicle was switched off, as the unit said when it came back.
CREATE TABLE vehicle_off (
  unit_id integer NOT NULL,
  from_at timestamptz NOT NULL,
  to_at timestamptz NOT NULL,
  vehicle_id integer NOT NULL,
  organisation_id integer NOT NULL,
  simulated boolean NOT NULL,
  PRIMARY KEY (unit_id, to_at)
);
CREATE INDEX vehicle_off_until ON vehicle_off (to_at);

-- Buckets whose rows are no longer the sum of what lies below them.
CREATE TABLE dirty_bucket (
  step_s integer NOT NULL,
  unit_id integer NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (step_s, at, unit_id)
);

-- Before this time nothing is dirty at these steps: figures up to it are complete.
CREATE FUNCTION telemetry_dirty_since(steps integer[]) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT min(at) FROM dirty_bucket WHERE step_s = ANY (steps)
$$;

CREATE TABLE rollup_service (
  step_s integer NOT NULL,
  at timestamptz NOT NULL,
  unit_id integer NOT NULL,
  vehicle_id integer NOT NULL,
  organisation_id integer NOT NULL,
  simulated boolean NOT NULL,
  samples integer NOT NULL,
  up_ms bigint NOT NULL,
  down_ms bigint NOT NULL,
  all_down_ms bigint NOT NULL,
  critical_sent bigint NOT NULL,
  critical_repaired bigint NOT NULL,
  critical_late bigint NOT NULL,
  critical_lost bigint NOT NULL,
  realtime_sent bigint NOT NULL,
  realtime_repaired bigint NOT NULL,
  realtime_late bigint NOT NULL,
  realtime_lost bigint NOT NULL,
  interactive_sent bigint NOT NULL,
  interactive_repaired bigint NOT NULL,
  interactive_late bigint NOT NULL,
  interactive_lost bigint NOT NULL,
  bulk_sent bigint NOT NULL,
  bulk_repaired bigint NOT NULL,
  bulk_late bigint NOT NULL,
  bulk_lost bigint NOT NULL,
  gaps_under_1s bigint NOT NULL,
  gaps_under_10s bigint NOT NULL,
  gaps_under_1min bigint NOT NULL,
  gaps_under_10min bigint NOT NULL,
  gaps_longer bigint NOT NULL,
  PRIMARY KEY (step_s, unit_id, at, vehicle_id, organisation_id)
) PARTITION BY LIST (step_s);

CREATE TABLE rollup_path (
  step_s integer NOT NULL,
  at timestamptz NOT NULL,
  unit_id integer NOT NULL,
  vehicle_id integer NOT NULL,
  organisation_id integer NOT NULL,
  simulated boolean NOT NULL,
  link text NOT NULL,
  up_ms bigint NOT NULL,
  down_ms bigint NOT NULL,
  absent_ms bigint NOT NULL,
  -- Round trips weigh by the time that they stand for: µs × ms, and those ms.
  rtt_us_ms bigint NOT NULL,
  rtt_ms bigint NOT NULL,
  packets_sent bigint NOT NULL,
  packets_lost bigint NOT NULL,
  bytes_sent bigint NOT NULL,
  bytes_received bigint NOT NULL,
  bytes_duplicated bigint NOT NULL,
  PRIMARY KEY (step_s, unit_id, at, link, vehicle_id, organisation_id)
) PARTITION BY LIST (step_s);

CREATE TABLE rollup_service_60 PARTITION OF rollup_service FOR VALUES IN (60)
  PARTITION BY RANGE (at);
CREATE TABLE rollup_service_900 PARTITION OF rollup_service FOR VALUES IN (900)
  PARTITION BY RANGE (at);
CREATE TABLE rollup_service_86400 PARTITION OF rollup_service FOR VALUES IN (86400);
CREATE TABLE rollup_path_60 PARTITION OF rollup_path FOR VALUES IN (60) PARTITION BY RANGE (at);
CREATE TABLE rollup_path_900 PARTITION OF rollup_path FOR VALUES IN (900) PARTITION BY RANGE (at);
CREATE TABLE rollup_path_86400 PARTITION OF rollup_path FOR VALUES IN (86400);
-- Rows of minutes and quarters come nearly in the order of time: block ranges find a span, and
-- cost next to nothing to keep.
CREATE INDEX ON rollup_service_60 USING brin (at) WITH (pages_per_range = 32);
CREATE INDEX ON rollup_service_900 USING brin (at) WITH (pages_per_range = 32);
CREATE INDEX ON rollup_path_60 USING brin (at) WITH (pages_per_range = 32);
CREATE INDEX ON rollup_path_900 USING brin (at) WITH (pages_per_range = 32);
CREATE INDEX ON rollup_service_86400 (at);
CREATE INDEX ON rollup_path_86400 (at);

-- By place, for the days that positions are kept. Added to as samples are written: a sample is
-- written once, so it is added once. `link` '' is the service.
CREATE TABLE coverage_day (
  cell bigint NOT NULL,
  day date NOT NULL,
  link text NOT NULL,
  unit_id integer NOT NULL,
  vehicle_id integer NOT NULL,
  organisation_id integer NOT NULL,
  simulated boolean NOT NULL,
  up_ms bigint NOT NULL,
  down_ms bigint NOT NULL,
  all_down_ms bigint NOT NULL,
  rtt_us_ms bigint NOT NULL,
  rtt_ms bigint NOT NULL,
  -- Hundredths of dBm, and how many samples told it.
  rsrp_cdbm bigint NOT NULL,
  rsrp_samples bigint NOT NULL,
  last_end timestamptz NOT NULL,
  PRIMARY KEY (cell, day, link, unit_id, vehicle_id)
) WITH (fillfactor = 70);
-- The cells there are: pages of a map go by it.
CREATE TABLE coverage_cell (cell bigint PRIMARY KEY);
GRANT SELECT ON coverage_cell TO rmh_app;

-- The index of the cell of `resolution` around a cell: below it every digit is 7, and children of
-- one parent stand together in the order of their numbers.
CREATE FUNCTION h3_parent(cell bigint, resolution integer) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (cell & ~(15::bigint << 52)) | (resolution::bigint << 52)
    | ((1::bigint << (3 * (15 - resolution))) - 1);

-- One row: what is kept how long. The national operator's.
CREATE TABLE retention (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  raw_days integer NOT NULL DEFAULT 30 CHECK (raw_days BETWEEN 1 AND 90),
  position_days integer NOT NULL DEFAULT 30 CHECK (position_days BETWEEN 1 AND 30),
  view_days integer NOT NULL DEFAULT 7 CHECK (view_days BETWEEN 1 AND 90),
  minute_months integer NOT NULL DEFAULT 13 CHECK (minute_months BETWEEN 2 AND 60),
  link_outage_days integer NOT NULL DEFAULT 90 CHECK (link_outage_days BETWEEN 1 AND 800),
  outage_months integer NOT NULL DEFAULT 25 CHECK (outage_months BETWEEN 2 AND 120),
  version integer NOT NULL DEFAULT 1
);
INSERT INTO retention DEFAULT VALUES;

-- Rows at or below the asker's organisations. As rmh_guard(), but the organisations are hashed:
-- a list of 250 would be walked for each of a million rows.
DO $$ DECLARE guarded text; BEGIN
  FOREACH guarded IN ARRAY ARRAY['sample', 'sample_path', 'outage', 'vehicle_watch', 'vehicle_off',
    'rollup_service', 'rollup_path', 'coverage_day'] LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY at_or_below ON %s FOR SELECT TO rmh_app
      USING (organisation_id IN (SELECT unnest(rmh_visible())))', guarded);
    EXECUTE format('GRANT SELECT ON %s TO rmh_app', guarded);
  END LOOP;
END $$;

-- Makes what is missing of the partitions for these days (UTC) and their months. Made beside the
-- table and then attached: attaching does not stop those who write.
CREATE FUNCTION telemetry_partition(parent text, name text, since date, until date)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF to_regclass(name) IS NULL THEN
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
      name, parent);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
      parent, name, since::text || ' 00:00Z', until::text || ' 00:00Z');
  END IF;
END $$;

CREATE FUNCTION telemetry_partitions(since date, through date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE parent text; day date; month date;
BEGIN
  FOREACH parent IN ARRAY ARRAY['sample', 'sample_path', 'gateway_view'] LOOP
    FOR day IN SELECT generate_series(since, through, interval '1 day')::date LOOP
      PERFORM telemetry_partition(parent, parent || to_char(day, '_YYYYMMDD'), day, day + 1);
    END LOOP;
  END LOOP;
  FOREACH parent IN ARRAY ARRAY['rollup_service_60', 'rollup_service_900', 'rollup_path_60',
    'rollup_path_900'] LOOP
    FOR month IN SELECT generate_series(date_trunc('month', since::timestamp), through,
      interval '1 month')::date LOOP
      PERFORM telemetry_partition(parent, parent || to_char(month, '_YYYYMM'), month,
        (month + interval '1 month')::date);
    END LOOP;
  END LOOP;
END $$;

-- The job goes on from here. A day more at either end: a day of Norway begins before UTC's.
SELECT telemetry_partitions(today - 31, today + 7)
  FROM (SELECT (now() AT TIME ZONE 'UTC')::date AS today) AS clock;
