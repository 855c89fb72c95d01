-- A month's coverage of the nation: a page of large cells was two thirds of all rows, one of small
-- ones a quarter.
--
-- Sums of coverage_day by day in its cells and in those around, of the nation and of each region
-- with all below it, for the days that are over. Smaller organisations have none: theirs would be
-- as many rows as their vehicles'. Whose they are is kept, as a cell is shown only when three
-- vehicles were there.
CREATE TABLE coverage_sum_day (
  organisation_id integer NOT NULL REFERENCES organisation,
  simulated boolean NOT NULL,
  -- Of resolution 5 to 8: cells of one resolution stand together.
  cell bigint NOT NULL,
  day date NOT NULL,
  link text NOT NULL,
  vehicles integer[] NOT NULL,
  up_ms bigint NOT NULL,
  down_ms bigint NOT NULL,
  all_down_ms bigint NOT NULL,
  rtt_us_ms bigint NOT NULL,
  rtt_ms bigint NOT NULL,
  rsrp_cdbm bigint NOT NULL,
  rsrp_samples bigint NOT NULL,
  last_end timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, simulated, cell, day, link)
);
-- What is built together.
CREATE INDEX coverage_sum_built ON coverage_sum_day (day, h3_parent(cell, 5));
ALTER TABLE coverage_sum_day ENABLE ROW LEVEL SECURITY;
CREATE POLICY at_or_below ON coverage_sum_day FOR SELECT TO rmh_app
  USING (organisation_id = ANY ((SELECT rmh_visible())::integer[]));
GRANT SELECT ON coverage_sum_day TO rmh_app;

-- Cells of resolution 5 whose sums of a day are no longer, or not yet, those of its rows. A unit's
-- marks are its own, so nobody waits for another's.
CREATE TABLE coverage_dirty (
  day date NOT NULL,
  cell bigint NOT NULL,
  unit_id integer NOT NULL,
  PRIMARY KEY (day, cell, unit_id)
);
INSERT INTO coverage_dirty SELECT DISTINCT day, h3_parent(cell, 5), unit_id FROM coverage_day;
-- Days that are to be read from coverage_day: the same for all askers, and no more than days.
CREATE FUNCTION rmh_coverage_dirty(first date, last date) RETURNS date[]
LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT coalesce(array_agg(DISTINCT day), '{}') FROM coverage_dirty
  WHERE day BETWEEN first AND last
$$;

CREATE INDEX coverage_day_cell ON coverage_day (day, cell);
