-- Work that is shown as a stream: which one, and when it is written to at the latest, or its platform would end it.

-- AlterTable
ALTER TABLE "showings" ADD COLUMN     "again_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "showings_stream_ref_idx" ON "showings"("stream_ref");

-- What Prisma cannot say ---------------------------------------------------------------------------------------

DROP FUNCTION "claim_showings"(text, text, interval, interval, interval, int, timestamptz);

-- Takes showings that look different by now, at most one of each channel: work that is over first, then what was edited
-- longest ago. The version of a showing is the id of the newest event that changes how it looks, so it only grows, and what
-- is given back with it is at least as new. A lease that nobody gave back belonged to a process that died in the middle of
-- an edit: that edit may still come, until `late` has passed. What is written as a stream is taken again before its platform ends that.
CREATE FUNCTION "claim_showings"(of_platform text, worker text, every interval, lease interval, late interval, most int, at timestamptz)
RETURNS TABLE (task_id uuid, message_ref text, thread_ref text, version bigint, tries int, lease_until timestamptz, type text, status text, held bigint, steps jsonb,
  stream_ref text, asker text, asker_space text)
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' AS $$
#variable_conflict use_column
BEGIN
  -- One process chooses at a time, or two could take two posts of one channel. Who comes second looks again soon.
  IF NOT pg_try_advisory_xact_lock(hashtextextended('showings:' || of_platform, 0)) THEN RETURN; END IF;

  RETURN QUERY
  WITH changed AS MATERIALIZED (
    SELECT s.task_id, s.route, s.free_at, coalesce(v.version, s.version) AS version, t.status IN ('completed', 'failed', 'canceled') AS over
    FROM showings s JOIN tasks t ON t.id = s.task_id
    -- The newest few tell whether there is something to show: none of them are read that were there before, or are many.
    CROSS JOIN LATERAL (
      SELECT max(e.id) AS version
      FROM (SELECT n.id, n.kind FROM task_events n WHERE n.task_id = s.task_id AND n.id > s.shown_version ORDER BY n.id DESC LIMIT 4) e
      WHERE e.kind = 'step' OR (e.kind = 'started' AND s.queued) OR t.status IN ('completed', 'failed', 'canceled')
    ) v
    WHERE s.platform = of_platform AND s.closed_at IS NULL AND s.next_at <= claim_showings.at AND (v.version IS NOT NULL OR s.again_at <= claim_showings.at)
      -- One list for all of them, rather than a look for each.
      AND s.route NOT IN (
        SELECT o.route FROM showings o WHERE o.platform = of_platform AND (o.lease_until > claim_showings.at OR o.free_at > claim_showings.at))
  ), chosen AS MATERIALIZED (
    SELECT f.* FROM (SELECT DISTINCT ON (c.route) c.* FROM changed c ORDER BY c.route, c.over DESC, c.free_at, c.task_id) f
    ORDER BY f.over DESC, f.free_at, f.task_id LIMIT most
  ), taken AS (
    UPDATE showings s SET version = c.version, closing = c.over, holder = worker, lease_until = claim_showings.at + lease, free_at = claim_showings.at + every, again_at = NULL,
      tries = CASE WHEN s.version = c.version THEN s.tries ELSE 0 END,
      unsure_until = CASE WHEN s.lease_until IS NULL THEN s.unsure_until ELSE claim_showings.at + late END
    FROM chosen c WHERE s.task_id = c.task_id
    RETURNING s.task_id, s.message_ref, s.version, s.tries, s.lease_until, s.stream_ref
  )
  SELECT k.task_id, k.message_ref, coalesce(c.thread_ref, c.address), k.version, k.tries, k.lease_until, t.type, t.status,
    (SELECT coalesce(sum(h.credits), 0)::bigint FROM holds h WHERE h.task_id = t.id AND h.closed_seq IS NULL),
    (SELECT coalesce(jsonb_agg(l.data ORDER BY l.id), '[]') FROM (
      SELECT e.id, e.data FROM task_events e WHERE e.task_id = k.task_id AND e.kind = 'step' ORDER BY e.id DESC LIMIT 60) l),
    k.stream_ref, a.external_id, a.space
  FROM taken k JOIN tasks t ON t.id = k.task_id JOIN conversations c ON c.id = t.conversation_id
  LEFT JOIN identities a ON a.id = t.identity_id AND a.platform = of_platform;
END $$;
