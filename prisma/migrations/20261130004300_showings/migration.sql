-- Shown work: while an agent works, the post with our first words is edited, and at the end it says that the work is over.
-- All of it is decoration. The answer is a letter of its own and waits for nothing here.

-- CreateTable
CREATE TABLE "showings" (
    "task_id" UUID NOT NULL,
    "platform" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "message_ref" TEXT NOT NULL,
    "stream_ref" TEXT,
    "queued" BOOLEAN NOT NULL,
    "version" BIGINT NOT NULL DEFAULT 0,
    "shown_version" BIGINT NOT NULL DEFAULT 0,
    "closing" BOOLEAN NOT NULL DEFAULT false,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3) NOT NULL,
    "free_at" TIMESTAMPTZ(3) NOT NULL,
    "holder" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "unsure_until" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "showings_pkey" PRIMARY KEY ("task_id")
);

-- CreateIndex
CREATE INDEX "showings_platform_route_idx" ON "showings"("platform", "route");

-- AddForeignKey
ALTER TABLE "showings" ADD CONSTRAINT "showings_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say ---------------------------------------------------------------------------------------

-- A row changes at each edit, in place where there is room for it.
ALTER TABLE "showings" SET (fillfactor = 50);
ALTER TABLE "showings" ADD CONSTRAINT "showings_lease_whole" CHECK (("holder" IS NULL) = ("lease_until" IS NULL));

-- The post with the first words is there, so it can be edited. It is noted in the transaction that confirms the post, also
-- where a version from before posts it. A task that was erased meanwhile has nothing to show, and must not keep its letter
-- from being confirmed.
CREATE FUNCTION "showings_begin"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO showings (task_id, platform, route, message_ref, queued, next_at, free_at)
  SELECT t.id, c.platform, coalesce(c.channel, c.thread_ref, c.address), NEW.message_ref, coalesce((NEW.saying ->> 'position')::int, 0) > 0,
    NEW.sent_at, NEW.sent_at
  FROM tasks t JOIN conversations c ON c.id = t.conversation_id WHERE t.id = NEW.task_id
  ON CONFLICT (task_id) DO NOTHING;
  RETURN NULL;
EXCEPTION WHEN foreign_key_violation THEN
  RETURN NULL;
END $$;
CREATE TRIGGER "showings_begin" AFTER UPDATE OF "state" ON "letters"
  FOR EACH ROW WHEN (NEW.state = 'sent' AND OLD.state <> 'sent' AND NEW.message_ref IS NOT NULL AND NEW.part = 0 AND NEW.saying ->> 'kind' = 'accepted')
  EXECUTE FUNCTION "showings_begin"();

-- Takes showings that look different by now, at most one of each channel: work that is over first, then what was edited
-- longest ago. The version of a showing is the id of the newest event that changes how it looks, so it only grows, and what
-- is given back with it is at least as new. A lease that nobody gave back belonged to a process that died in the middle of
-- an edit: that edit may still come, until `late` has passed.
CREATE FUNCTION "claim_showings"(of_platform text, worker text, every interval, lease interval, late interval, most int, at timestamptz)
RETURNS TABLE (task_id uuid, message_ref text, thread_ref text, version bigint, tries int, lease_until timestamptz, type text, status text, held bigint, steps jsonb)
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' AS $$
#variable_conflict use_column
BEGIN
  -- One process chooses at a time, or two could take two posts of one channel. Who comes second looks again soon.
  IF NOT pg_try_advisory_xact_lock(hashtextextended('showings:' || of_platform, 0)) THEN RETURN; END IF;

  RETURN QUERY
  WITH changed AS MATERIALIZED (
    SELECT s.task_id, s.route, s.free_at, v.version, t.status IN ('completed', 'failed', 'canceled') AS over
    FROM showings s JOIN tasks t ON t.id = s.task_id
    -- The newest few tell whether there is something to show: none of them are read that were there before, or are many.
    CROSS JOIN LATERAL (
      SELECT max(e.id) AS version
      FROM (SELECT n.id, n.kind FROM task_events n WHERE n.task_id = s.task_id AND n.id > s.shown_version ORDER BY n.id DESC LIMIT 4) e
      WHERE e.kind = 'step' OR (e.kind = 'started' AND s.queued) OR t.status IN ('completed', 'failed', 'canceled')
    ) v
    WHERE s.platform = of_platform AND s.closed_at IS NULL AND s.next_at <= claim_showings.at AND v.version IS NOT NULL
      -- One list for all of them, rather than a look for each.
      AND s.route NOT IN (
        SELECT o.route FROM showings o WHERE o.platform = of_platform AND (o.lease_until > claim_showings.at OR o.free_at > claim_showings.at))
  ), chosen AS MATERIALIZED (
    SELECT f.* FROM (SELECT DISTINCT ON (c.route) c.* FROM changed c ORDER BY c.route, c.over DESC, c.free_at, c.task_id) f
    ORDER BY f.over DESC, f.free_at, f.task_id LIMIT most
  ), taken AS (
    UPDATE showings s SET version = c.version, closing = c.over, holder = worker, lease_until = claim_showings.at + lease, free_at = claim_showings.at + every,
      tries = CASE WHEN s.version = c.version THEN s.tries ELSE 0 END,
      unsure_until = CASE WHEN s.lease_until IS NULL THEN s.unsure_until ELSE claim_showings.at + late END
    FROM chosen c WHERE s.task_id = c.task_id
    RETURNING s.task_id, s.message_ref, s.version, s.tries, s.lease_until
  )
  SELECT k.task_id, k.message_ref, coalesce(c.thread_ref, c.address), k.version, k.tries, k.lease_until, t.type, t.status,
    (SELECT coalesce(sum(h.credits), 0)::bigint FROM holds h WHERE h.task_id = t.id AND h.closed_seq IS NULL),
    (SELECT coalesce(jsonb_agg(l.data ORDER BY l.id), '[]') FROM (
      SELECT e.id, e.data FROM task_events e WHERE e.task_id = k.task_id AND e.kind = 'step' ORDER BY e.id DESC LIMIT 60) l)
  FROM taken k JOIN tasks t ON t.id = k.task_id JOIN conversations c ON c.id = t.conversation_id;
END $$;
