-- The cells that two carriers fail in most are read one after the other (fate-figures.ts).
CREATE INDEX shared_fate_cell ON shared_fate_day (cell);
