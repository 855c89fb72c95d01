-- A vehicle that moves to another organisation takes its mission along: who has it now must see it
-- and be able to end it. What was before stays with who had it then.
CREATE FUNCTION mission_moves() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  UPDATE mission_span s SET organisation_id = NEW.organisation_id FROM mission m
    WHERE m.vehicle_id = NEW.id AND s.vehicle_id = NEW.id AND s.to_at = m.until;
  UPDATE mission SET organisation_id = NEW.organisation_id WHERE vehicle_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER mission_moves AFTER UPDATE OF organisation_id ON vehicle FOR EACH ROW
  WHEN (OLD.organisation_id IS DISTINCT FROM NEW.organisation_id)
  EXECUTE FUNCTION mission_moves();
UPDATE mission m SET organisation_id = v.organisation_id FROM vehicle v
  WHERE v.id = m.vehicle_id AND m.organisation_id <> v.organisation_id;
