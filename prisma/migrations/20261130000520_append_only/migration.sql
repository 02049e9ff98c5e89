-- Tables that only grow: nobody empties one of them, not even by a slip of the hand on the right connection. The tables of
-- the ledger have had this from the beginning. What each of the others still allows, and to whom, stands beside it.

CREATE FUNCTION "is_leaving"(team uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT t.deletion_at IS NOT NULL OR t.erased_at IS NOT NULL OR u.deletion_at IS NOT NULL
  FROM teams t LEFT JOIN users u ON u.id = t.personal_of WHERE t.id = team
$$;

-- The audit log keeps every line (audit_entries_guard says what erasing may empty in one).
CREATE TRIGGER "audit_entries_stay" BEFORE TRUNCATE ON "audit_entries" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();

-- The events of a task are removed with the team that they belong to, and only then.
CREATE FUNCTION "task_events_stay_guard"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT g.team_id FROM gone g) g WHERE is_leaving(g.team_id) IS FALSE) THEN
    RAISE EXCEPTION 'task_events is append-only' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "task_events_stay" AFTER DELETE ON "task_events" REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION "task_events_stay_guard"();
CREATE TRIGGER "task_events_are_not_emptied" BEFORE TRUNCATE ON "task_events" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();

-- A stored outcome answers every repeat of its request, so it changes once, within the statement that took it: from a task
-- to the refusal of one that was never made. It is removed with its team; a refusal also after a while.
CREATE FUNCTION "asks_guard"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.outcome = 'task' AND NEW.outcome = 'refused' AND OLD.answer IS NULL AND NEW.answer IS NOT NULL AND NEW.task_id IS NULL
    AND row(NEW.key, NEW.fingerprint, NEW.context, NEW.letter_id, NEW.at) IS NOT DISTINCT FROM row(OLD.key, OLD.fingerprint, OLD.context, OLD.letter_id, OLD.at)
    AND NOT EXISTS (SELECT FROM tasks t WHERE t.id = OLD.task_id)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'asks is append-only' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only';
END $$;
CREATE TRIGGER "asks_append_only" BEFORE UPDATE ON "asks" FOR EACH ROW EXECUTE FUNCTION "asks_guard"();
CREATE FUNCTION "asks_stay_guard"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (SELECT DISTINCT t.team_id FROM gone g JOIN tasks t ON t.id = g.task_id WHERE g.outcome <> 'refused') g
    WHERE is_leaving(g.team_id) IS FALSE
  ) THEN
    RAISE EXCEPTION 'asks is append-only' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "asks_stay" AFTER DELETE ON "asks" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION "asks_stay_guard"();
CREATE TRIGGER "asks_are_not_emptied" BEFORE TRUNCATE ON "asks" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();

-- The proof that somebody was erased: it is asked for, then done.
CREATE FUNCTION "erasures_guard"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF row(NEW.id, NEW.kind, NEW.subject) IS NOT DISTINCT FROM row(OLD.id, OLD.kind, OLD.subject)
    AND (OLD.done_at IS NULL OR NEW.done_at IS NOT DISTINCT FROM OLD.done_at)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'erasures is append-only' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only';
END $$;
CREATE TRIGGER "erasures_append_only" BEFORE UPDATE ON "erasures" FOR EACH ROW EXECUTE FUNCTION "erasures_guard"();
CREATE TRIGGER "erasures_stay" BEFORE DELETE OR TRUNCATE ON "erasures" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();

-- What checks of the ledger came to.
CREATE TRIGGER "ledger_checks_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_checks" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();

-- What the tables above refer to is changed and removed row by row, and never emptied at once.
CREATE FUNCTION "never_emptied"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is not emptied', TG_TABLE_NAME USING ERRCODE = 'restrict_violation', CONSTRAINT = 'never_emptied';
END $$;
CREATE TRIGGER "tasks_are_not_emptied" BEFORE TRUNCATE ON "tasks" FOR EACH STATEMENT EXECUTE FUNCTION "never_emptied"();
