-- Files that a chat platform has: written down with the request, fetched before its task starts.

-- One file that is not here yet. The row goes when the file is kept, or once its task
-- has ended and nothing of the file is left in storage. `ref` is what the platform's adapter
-- finds it by, sealed with ENCRYPTION_KEY, because it may let whoever has it read the file.
CREATE TABLE "waiting_inputs" (
  "id" UUID NOT NULL,
  "task_id" UUID NOT NULL,
  "team_id" UUID NOT NULL,
  "platform" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "mime" TEXT NOT NULL,
  "size_bytes" BIGINT NOT NULL,
  "ref" BYTEA NOT NULL,
  "tries" INTEGER NOT NULL DEFAULT 0,
  "next_at" TIMESTAMPTZ(3) NOT NULL,
  -- After it, the next failure is the last.
  "give_up_at" TIMESTAMPTZ(3) NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "waiting_inputs_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "waiting_inputs_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "waiting_inputs_task_id_idx" ON "waiting_inputs" ("task_id");
CREATE INDEX "waiting_inputs_next_at_idx" ON "waiting_inputs" ("next_at");
CREATE INDEX "waiting_inputs_team_id_idx" ON "waiting_inputs" ("team_id");

-- `[{ id, name, mime, size_bytes, ref }]`, the ref in hex; null for a request without such files, as the version before sends it.
ALTER TYPE "intake_row" ADD ATTRIBUTE inputs jsonb;
ALTER TYPE "intake_row" ADD ATTRIBUTE fetch_until timestamptz;

-- A file has arrived: it becomes an input of its task, which starts if this was the last one and it is its turn. False when
-- another process has taken the file over (`tries`), or the task is over.
CREATE FUNCTION "input_kept"(input uuid, its_try int, its_name text, its_mime text, bytes bigint, sha256 text, key text, at timestamptz)
RETURNS boolean LANGUAGE plpgsql SET enable_seqscan = off AS $$
#variable_conflict use_variable
DECLARE
  the_task tasks;
BEGIN
  -- The wallet first, as `finish` has it: of an end and a last file that come together, the second one sees the first.
  PERFORM 1 FROM wallets w WHERE w.team_id = (SELECT i.team_id FROM waiting_inputs i WHERE i.id = input) FOR NO KEY UPDATE;
  -- Of two files that arrive together, the second one sees that it is the last.
  SELECT t.* INTO the_task FROM tasks t WHERE t.id = (SELECT w.task_id FROM waiting_inputs w WHERE w.id = input) FOR NO KEY UPDATE;
  IF NOT FOUND OR the_task.status NOT IN ('awaiting_approval', 'pending') THEN
    RETURN false;
  END IF;
  DELETE FROM waiting_inputs w WHERE w.id = input AND w.tries = its_try;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO files (id, team_id, task_id, role, name, mime, size_bytes, sha256, storage_key, created_at, expires_at)
  SELECT input, the_task.team_id, the_task.id, 'input', its_name, its_mime, bytes, sha256, key, at, at + make_interval(days => m.retention_days)
  FROM teams m WHERE m.id = the_task.team_id;
  IF the_task.status = 'pending' AND NOT EXISTS (SELECT FROM waiting_inputs w WHERE w.task_id = the_task.id) AND NOT EXISTS (
    SELECT FROM tasks o WHERE o.conversation_id = the_task.conversation_id AND o.status IN ('pending', 'processing') AND o.id <> the_task.id
      AND (o.status = 'processing' OR (o.created_at, o.id) < (the_task.created_at, the_task.id))
  ) THEN
    INSERT INTO outbox (task_id, generation, at) VALUES (the_task.id, the_task.generation, at);
    PERFORM pg_notify('impacter', 'intake:' || the_task.team_id);
  END IF;
  RETURN true;
END $$;

-- As before, except: the next task of a conversation does not start while it waits for files.
CREATE OR REPLACE FUNCTION "finish"(outcomes jsonb, at timestamptz)
RETURNS TABLE (n int, outcome text, charged bigint, returned bigint, available bigint)
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  given finish_row[] := ARRAY(SELECT r FROM jsonb_populate_recordset(NULL::finish_row, outcomes) r ORDER BY r.n);
  ids uuid[] := ARRAY(SELECT g.task_id FROM unnest(given) g);
  team_ids uuid[] := ARRAY(SELECT DISTINCT t.team_id FROM tasks t WHERE t.id = ANY (ids));
BEGIN
  PERFORM 1 FROM wallets w WHERE w.team_id = ANY (team_ids) ORDER BY w.id FOR NO KEY UPDATE;
  PERFORM 1 FROM tasks t WHERE t.id = ANY (ids) ORDER BY t.id FOR NO KEY UPDATE;

  RETURN QUERY
  WITH known AS MATERIALIZED (
    SELECT DISTINCT ON (g.task_id) g.*, t.team_id, t.conversation_id, c.platform, t.status AS was,
      CASE
        WHEN t.status IN ('completed', 'failed', 'canceled') THEN 'over'
        WHEN g.attempt IS NULL AND g.status = 'canceled' AND t.status = 'processing' THEN 'running'
        WHEN g.attempt IS NOT NULL AND g.attempt <> (SELECT max(a.number) FROM attempts a WHERE a.task_id = t.id) THEN 'stale'
        ELSE 'finished'
      END AS verdict
    FROM unnest(given) g CROSS JOIN LATERAL (SELECT * FROM tasks t WHERE t.id = g.task_id OFFSET 0) t
    CROSS JOIN LATERAL (SELECT * FROM conversations c WHERE c.id = t.conversation_id OFFSET 0) c
    ORDER BY g.task_id, g.n
  ), closed AS MATERIALIZED (
    SELECT c.n, c.charged, c.returned, c.available
    FROM ledger_close((
      SELECT coalesce(jsonb_agg(jsonb_build_object('n', k.n, 'task', k.task_id, 'charge', k.charge, 'facts', k.usage) ORDER BY k.n), '[]')
      FROM known k WHERE k.verdict = 'finished'
    ), finish.at) c
  ), ended AS MATERIALIZED (
    -- A task that waits for approval holds nothing, so its wallet is read instead.
    SELECT k.*, coalesce(c.charged, 0) AS charged, coalesce(c.returned, 0) AS returned,
      coalesce(c.available, (SELECT w.balance - w.held FROM wallets w WHERE w.team_id = k.team_id)) AS left_over,
      row_number() OVER (PARTITION BY k.conversation_id ORDER BY k.n) AS place
    FROM known k JOIN closed c ON c.n = k.n
  ), counted AS (
    UPDATE conversations c SET letters = c.letters + k.many
    FROM (SELECT e.conversation_id, count(*)::int AS many FROM ended e GROUP BY e.conversation_id) k
    WHERE c.id = k.conversation_id AND c.id = ANY (ARRAY(SELECT e.conversation_id FROM ended e)) RETURNING c.id, c.letters - k.many AS before
  ), tasks_ended AS (
    UPDATE tasks t SET status = e.status, credits_used = e.charged, result = e.result, failure = e.failure,
      cost_micro_usd = t.cost_micro_usd + coalesce(e.cost_micro_usd, 0), finished_at = finish.at
    FROM ended e WHERE t.id = e.task_id AND t.id = ANY (ids)
  ), attempts_ended AS (
    UPDATE attempts a SET phase = 'ended', outcome = coalesce(e.outcome, 'stopped'), usage = e.usage, ended_at = finish.at, lease_until = NULL
    FROM ended e WHERE a.task_id = e.task_id AND a.task_id = ANY (ids) AND a.phase <> 'ended'
  ), new_files AS (
    INSERT INTO files (id, team_id, task_id, role, name, mime, size_bytes, sha256, storage_key, preview, created_at, expires_at)
    SELECT f.id, e.team_id, e.task_id, 'result', f.name, f.mime, f.size_bytes, f.sha256, f.storage_key, f.preview, finish.at, finish.at + make_interval(days => m.retention_days)
    FROM ended e CROSS JOIN LATERAL (SELECT * FROM teams m WHERE m.id = e.team_id OFFSET 0) m
    CROSS JOIN LATERAL jsonb_to_recordset(e.files) AS f(id uuid, name text, mime text, size_bytes bigint, sha256 text, storage_key text, preview jsonb)
    ON CONFLICT (id) DO NOTHING
  ), new_letters AS (
    INSERT INTO letters (id, conversation_id, seq, platform, task_id, saying, state, next_at, sent_at, created_at)
    SELECT e.letter_id, e.conversation_id, c.before + e.place, e.platform, e.task_id,
      e.saying || jsonb_build_object('returned', e.returned::text, 'available', e.left_over::text,
        CASE WHEN e.saying ->> 'kind' = 'canceled' THEN 'used' ELSE 'charged' END, e.charged::text),
      CASE WHEN e.read_here THEN 'sent' ELSE 'planned' END, finish.at, CASE WHEN e.read_here THEN finish.at END, finish.at
    FROM ended e JOIN counted c ON c.id = e.conversation_id
  ), new_events AS (
    INSERT INTO task_events (task_id, team_id, kind, data, at)
    SELECT e.task_id, e.team_id, e.status, jsonb_build_object('charged', e.charged::text, 'returned', e.returned::text, 'available', e.left_over::text)
      || CASE WHEN e.failure IS NULL THEN '{}' ELSE jsonb_build_object('code', e.failure -> 'code') END, finish.at
    FROM ended e ORDER BY e.n
  ), next_tasks AS (
    INSERT INTO outbox (task_id, generation, at)
    SELECT t.id, t.generation, finish.at
    FROM (SELECT DISTINCT e.conversation_id AS id FROM ended e) c CROSS JOIN LATERAL (
      SELECT t.* FROM tasks t
      WHERE t.conversation_id = c.id AND t.status = 'pending' AND t.id NOT IN (SELECT e.task_id FROM ended e)
        AND NOT EXISTS (SELECT FROM tasks o WHERE o.conversation_id = c.id AND o.status = 'processing' AND o.id NOT IN (SELECT e.task_id FROM ended e))
      ORDER BY t.created_at, t.id LIMIT 1
    ) t
    -- It keeps its turn while its files are fetched, and starts with the last of them.
    WHERE NOT EXISTS (SELECT FROM waiting_inputs i WHERE i.task_id = t.id)
  )
  SELECT k.n, k.verdict, coalesce(e.charged, 0), coalesce(e.returned, 0), e.left_over
  FROM known k LEFT JOIN ended e ON e.n = k.n;

  PERFORM pg_notify('impacter', 'finish:' || team_id) FROM unnest(team_ids) AS x (team_id);
END $$;
