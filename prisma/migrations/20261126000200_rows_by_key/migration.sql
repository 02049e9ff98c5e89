-- The plans of these functions are kept too (see the migration before), and were made when there was next to nothing to join.
-- So each row is looked up by its key: in a sub-select that OFFSET keeps apart, or with `= ANY (array)`. What they do is as
-- before (see the flows' migration). An attempt has ended where its phase says so; asked for its time, the planner would read
-- all that run, whose index is so small.

CREATE OR REPLACE FUNCTION "intake"(asks jsonb, at timestamptz)
RETURNS TABLE (n int, outcome text, repeated boolean, task_id uuid, conversation_id uuid, thread_ref text, saying jsonb)
-- Planning such a statement anew for each batch takes longer than running it.
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  given intake_row[] := ARRAY(SELECT r FROM jsonb_populate_recordset(NULL::intake_row, asks) r ORDER BY r.key);
  fresh intake_row[];
BEGIN
  -- The key decides who was first, also between two processes. Sorted, so that two batches cannot wait for each other.
  WITH taken AS (
    INSERT INTO asks (key, fingerprint, outcome, task_id, letter_id, at)
    SELECT g.key, g.fingerprint, 'task', g.task_id, g.letter_id, intake.at FROM unnest(given) g ORDER BY g.key
    ON CONFLICT (key) DO NOTHING RETURNING asks.letter_id
  )
  SELECT coalesce(array_agg(g ORDER BY g.n), '{}') INTO fresh FROM unnest(given) g JOIN taken ON taken.letter_id = g.letter_id;

  IF cardinality(fresh) > 0 THEN
    INSERT INTO conversations (id, team_id, platform, thread_ref, address, channel, created_at)
    SELECT DISTINCT ON (coalesce(g.thread_ref, g.conversation_id::text)) g.conversation_id, g.team_id, g.platform, g.thread_ref, g.address, g.channel, intake.at
    FROM unnest(fresh) g ORDER BY coalesce(g.thread_ref, g.conversation_id::text), g.n
    ON CONFLICT DO NOTHING;

    PERFORM 1 FROM wallets w WHERE w.id = ANY (ARRAY(SELECT g.wallet_id FROM unnest(fresh) g)) ORDER BY w.id FOR NO KEY UPDATE;

    RETURN QUERY
    WITH found AS MATERIALIZED (
      SELECT g.*, c.team_id = g.team_id AND (g.thread_ref IS NULL OR c.thread_ref IS NOT DISTINCT FROM g.thread_ref) AS at_home,
        (SELECT count(*) FROM tasks t WHERE t.conversation_id = c.id AND t.status IN ('pending', 'processing')) AS waiting,
        -- The tasks of a conversation run in the order of these times, whatever the clocks of two processes say.
        greatest(intake.at, (SELECT max(t.created_at) FROM tasks t WHERE t.conversation_id = c.id) + interval '1 ms') AS since,
        row_number() OVER (PARTITION BY c.id ORDER BY g.n) AS turn,
        -- An input goes to one task; a repetition gets its own rows over the content that the first one had.
        CASE
          WHEN g.retry_of IS NOT NULL THEN NOT EXISTS (
            SELECT FROM files f WHERE f.task_id = g.retry_of AND f.role = 'input' AND (f.removed_at IS NOT NULL OR f.expires_at <= intake.at))
          WHEN cardinality(g.file_ids) > 0 THEN NOT EXISTS (SELECT FROM unnest(fresh) o WHERE o.n < g.n AND o.file_ids && g.file_ids)
            AND cardinality(g.file_ids) = (
              SELECT count(*) FROM unnest(g.file_ids) AS i (id) CROSS JOIN LATERAL (SELECT * FROM files f WHERE f.id = i.id OFFSET 0) f
              WHERE f.team_id = g.team_id AND f.role = 'input' AND f.task_id IS NULL AND f.removed_at IS NULL AND f.expires_at > intake.at)
          ELSE true
        END AS has_files
      FROM (
        SELECT f.*, coalesce((SELECT x.id FROM conversations x WHERE x.thread_ref = f.thread_ref), f.conversation_id) AS conversation FROM unnest(fresh) f
      ) g CROSS JOIN LATERAL (SELECT * FROM conversations c WHERE c.id = g.conversation OFFSET 0) c
    ), placed AS MATERIALIZED (
      SELECT f.*, f.since + (f.turn - 1) * interval '1 ms' AS created_at FROM found f
    ), held AS MATERIALIZED (
      SELECT h.n, h.outcome, h.available, CASE WHEN h.outcome <> 'held' THEN coalesce(h.refused, unexpected_of_ledger(h.outcome)) END AS refused
      FROM ledger_hold((
        SELECT coalesce(jsonb_agg(jsonb_build_object('n', p.n, 'hold', p.hold_id, 'task', p.task_id, 'wallet', p.wallet_id, 'credits', p.estimate_high,
          'member', coalesce(p.user_id, p.identity_id), 'channel', p.channel, 'actor', coalesce(p.user_id, p.identity_id)) ORDER BY p.n), '[]')
        FROM placed p WHERE p.task_id IS NOT NULL AND p.at_home AND p.has_files AND p.waiting + p.turn <= p.most_waiting
      ), intake.at) h
    ), decided AS MATERIALIZED (
      SELECT p.*, h.outcome IS NOT DISTINCT FROM 'held' AS accepted,
        p.waiting + count(*) FILTER (WHERE h.outcome = 'held') OVER (PARTITION BY p.conversation ORDER BY p.n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS position,
        CASE
          WHEN h.outcome = 'held' THEN p.saying || jsonb_build_object('held', p.estimate_high::text, 'available', h.available::text)
          WHEN p.task_id IS NULL THEN p.saying
          WHEN NOT p.at_home THEN '{"kind":"refused","code":"conversation.not-found","facts":{}}'::jsonb
          WHEN NOT p.has_files THEN '{"kind":"refused","code":"files.missing","facts":{}}'::jsonb
          WHEN h.outcome IS NULL THEN jsonb_build_object('kind', 'refused', 'code', 'conversation.busy', 'facts', jsonb_build_object('waiting', p.waiting))
          ELSE jsonb_build_object('kind', 'refused') || h.refused
        END AS said
      FROM placed p LEFT JOIN held h ON h.n = p.n
    ), said AS MATERIALIZED (
      SELECT d.*, CASE WHEN d.accepted AND d.position > 0 THEN d.said || jsonb_build_object('position', d.position) ELSE d.said END AS words,
        row_number() OVER (PARTITION BY d.conversation ORDER BY d.n) AS place
      FROM decided d
    ), counted AS (
      UPDATE conversations c SET letters = c.letters + k.many
      FROM (SELECT s.conversation, count(*)::int AS many FROM said s WHERE s.at_home GROUP BY s.conversation) k
      WHERE c.id = k.conversation AND c.id = ANY (ARRAY(SELECT s.conversation FROM said s)) RETURNING c.id, c.letters - k.many AS before
    ), new_tasks AS (
      INSERT INTO tasks (id, team_id, conversation_id, user_id, identity_id, platform, channel, type, because, request_text, status,
        quantity, rate_version, estimate_low, estimate_high, retry_of, deadline_at, created_at)
      SELECT s.task_id, s.team_id, s.conversation, s.user_id, s.identity_id, s.platform, s.channel, s.type, s.because, s.request_text, 'pending',
        s.quantity, s.rate_version, s.estimate_low, s.estimate_high, s.retry_of, s.deadline_at, s.created_at
      FROM said s WHERE s.accepted
    ), new_letters AS (
      INSERT INTO letters (id, conversation_id, seq, platform, task_id, saying, state, next_at, sent_at, created_at)
      SELECT s.letter_id, s.conversation, c.before + s.place, s.platform, CASE WHEN s.accepted THEN s.task_id END, s.words,
        CASE WHEN s.read_here THEN 'sent' ELSE 'planned' END, intake.at, CASE WHEN s.read_here THEN intake.at END, intake.at
      FROM said s JOIN counted c ON c.id = s.conversation WHERE s.at_home
    ), new_events AS (
      INSERT INTO task_events (task_id, team_id, kind, data, at)
      SELECT s.task_id, s.team_id, 'accepted', s.words - 'kind' - 'taskId', intake.at FROM said s WHERE s.accepted ORDER BY s.n
    ), to_start AS (
      INSERT INTO outbox (task_id, generation, at) SELECT s.task_id, 0, intake.at FROM said s WHERE s.accepted AND s.position = 0 ORDER BY s.n
    ), refused AS (
      UPDATE asks a SET outcome = 'refused', task_id = NULL, answer = s.words FROM said s
      WHERE a.key = s.key AND NOT s.accepted AND a.key = ANY (ARRAY(SELECT s.key FROM said s WHERE NOT s.accepted))
    ), inputs AS (
      -- Until here it was kept for a day only.
      UPDATE files f SET task_id = s.task_id, expires_at = intake.at + make_interval(days => (SELECT m.retention_days FROM teams m WHERE m.id = s.team_id))
      FROM said s WHERE s.accepted AND f.id = ANY (s.file_ids)
    ), inputs_again AS (
      INSERT INTO files (id, team_id, task_id, role, name, mime, size_bytes, sha256, storage_key, preview, created_at, expires_at)
      SELECT uuidv7(), f.team_id, s.task_id, 'input', f.name, f.mime, f.size_bytes, f.sha256, f.storage_key, f.preview, intake.at,
        intake.at + make_interval(days => (SELECT m.retention_days FROM teams m WHERE m.id = s.team_id))
      FROM said s CROSS JOIN LATERAL (SELECT * FROM files f WHERE f.task_id = s.retry_of AND f.role = 'input' OFFSET 0) f
      WHERE s.accepted AND s.retry_of IS NOT NULL
    )
    SELECT s.n, CASE WHEN s.accepted THEN 'task' ELSE 'refused' END, false, CASE WHEN s.accepted THEN s.task_id END,
      CASE WHEN s.at_home THEN s.conversation END, s.thread_ref, s.words
    FROM said s;

    PERFORM pg_notify('impacter', 'intake:' || team_id) FROM (SELECT DISTINCT team_id FROM unnest(fresh));
  END IF;

  IF cardinality(fresh) < cardinality(given) THEN
    RETURN QUERY
    SELECT g.n, CASE WHEN a.fingerprint <> g.fingerprint THEN 'mismatch' ELSE a.outcome END, true, a.task_id,
      coalesce(l.conversation_id, t.conversation_id), g.thread_ref, coalesce(a.answer, l.saying)
    FROM unnest(given) g CROSS JOIN LATERAL (SELECT * FROM asks a WHERE a.key = g.key OFFSET 0) a
    LEFT JOIN LATERAL (SELECT * FROM letters l WHERE l.id = a.letter_id OFFSET 0) l ON true
    LEFT JOIN LATERAL (SELECT * FROM tasks t WHERE t.id = a.task_id OFFSET 0) t ON true
    WHERE NOT EXISTS (SELECT FROM unnest(fresh) f WHERE f.n = g.n);
  END IF;
END $$;

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
  )
  SELECT k.n, k.verdict, coalesce(e.charged, 0), coalesce(e.returned, 0), e.left_over
  FROM known k LEFT JOIN ended e ON e.n = k.n;

  PERFORM pg_notify('impacter', 'finish:' || team_id) FROM unnest(team_ids) AS x (team_id);
END $$;

CREATE OR REPLACE FUNCTION "start_tasks"(ids uuid[], worker text, lease_until timestamptz, at timestamptz)
RETURNS TABLE (task_id uuid, verdict text, attempt int, run_id text, session_key text, phase text, boot_id text)
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
  PERFORM 1 FROM tasks t WHERE t.id = ANY (ids) ORDER BY t.id FOR NO KEY UPDATE;

  RETURN QUERY
  WITH looked AS MATERIALIZED (
    SELECT t.id, t.team_id, t.status, t.started_at, a.id AS last_id, a.number AS last_number, a.run_id AS last_run, a.session_key AS last_session,
      a.phase AS last_phase, a.boot_id AS last_boot,
      format('agent:%s:c-%s', t.type, c.id) || CASE WHEN c.session_generation > 0 THEN format('-g%s', c.session_generation) ELSE '' END AS session,
      CASE
        WHEN t.status NOT IN ('pending', 'processing') THEN 'over'
        WHEN t.status = 'pending' AND EXISTS (
          SELECT FROM tasks o WHERE o.conversation_id = t.conversation_id AND o.status IN ('pending', 'processing') AND (o.created_at, o.id) < (t.created_at, t.id)
        ) THEN 'wait'
        WHEN a.id IS NULL OR a.ended_at IS NOT NULL THEN 'run'
        WHEN a.lease_until > start_tasks.at AND a.worker <> start_tasks.worker THEN 'held'
        ELSE 'resume'
      END AS verdict
    FROM tasks t CROSS JOIN LATERAL (SELECT * FROM conversations c WHERE c.id = t.conversation_id OFFSET 0) c
    LEFT JOIN LATERAL (SELECT * FROM attempts x WHERE x.task_id = t.id ORDER BY x.number DESC LIMIT 1) a ON true
    WHERE t.id = ANY (ids)
  ), taken_over AS (
    UPDATE attempts x SET worker = start_tasks.worker, lease_until = start_tasks.lease_until
    FROM looked l WHERE l.verdict = 'resume' AND x.id = l.last_id AND x.id = ANY (ARRAY(SELECT l.last_id FROM looked l))
  ), begun AS (
    INSERT INTO attempts (id, task_id, number, run_id, session_key, phase, worker, lease_until, started_at)
    SELECT uuidv7(), l.id, coalesce(l.last_number, 0) + 1, format('task-%s-a%s', l.id, coalesce(l.last_number, 0) + 1), l.session, 'reserved',
      start_tasks.worker, start_tasks.lease_until, start_tasks.at
    FROM looked l WHERE l.verdict = 'run' RETURNING attempts.task_id, attempts.number, attempts.run_id
  ), moved AS (
    UPDATE tasks t SET status = 'processing', started_at = coalesce(t.started_at, start_tasks.at)
    FROM looked l WHERE l.verdict = 'run' AND l.status = 'pending' AND t.id = l.id AND t.id = ANY (ids)
  ), told AS (
    INSERT INTO task_events (task_id, team_id, kind, data, at)
    SELECT l.id, l.team_id, 'started', jsonb_build_object('attempt', b.number), start_tasks.at FROM begun b JOIN looked l ON l.id = b.task_id
  )
  SELECT l.id, l.verdict, CASE l.verdict WHEN 'run' THEN b.number WHEN 'resume' THEN l.last_number END, CASE l.verdict WHEN 'run' THEN b.run_id WHEN 'resume' THEN l.last_run END,
    CASE l.verdict WHEN 'run' THEN l.session WHEN 'resume' THEN l.last_session END, CASE l.verdict WHEN 'run' THEN 'reserved' WHEN 'resume' THEN l.last_phase END,
    CASE l.verdict WHEN 'resume' THEN l.last_boot END
  FROM looked l LEFT JOIN begun b ON b.task_id = l.id;

  PERFORM pg_notify('impacter', 'events:' || team_id) FROM (SELECT DISTINCT t.team_id FROM tasks t WHERE t.id = ANY (ids));
END $$;
