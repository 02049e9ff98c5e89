-- What identifies a request is all of it, and a refusal leaves nothing but its stored outcome.

-- `context` is the second half of the fingerprint: where something was asked and what else came with it. The version before
-- knows nothing of it and leaves it empty; then the first half alone decides, as it did.
ALTER TABLE "asks" ADD COLUMN "context" TEXT;
-- Whose refused request it was. Other requests have a task that tells.
ALTER TABLE "asks" ADD COLUMN "team_id" UUID;
ALTER TYPE "intake_row" ADD ATTRIBUTE context text;

-- Refusals are forgotten after a while (core/store/asks.ts).
CREATE INDEX "asks_refused" ON "asks" ("at") WHERE "outcome" = 'refused';

-- As before, except: the context is kept and compared; and where people read our letters from us (`read_here`), a refusal
-- writes no letter and keeps no conversation, because whoever asked gets it as the answer.
CREATE OR REPLACE FUNCTION "intake"(asks jsonb, at timestamptz)
RETURNS TABLE (n int, outcome text, repeated boolean, task_id uuid, conversation_id uuid, thread_ref text, saying jsonb)
-- Planning such a statement anew for each batch takes longer than running it.
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  given intake_row[] := ARRAY(SELECT r FROM jsonb_populate_recordset(NULL::intake_row, asks) r ORDER BY r.key);
  fresh intake_row[];
  new_conversations uuid[];
BEGIN
  -- The key decides who was first, also between two processes. Sorted, so that two batches cannot wait for each other.
  WITH taken AS (
    INSERT INTO asks (key, fingerprint, context, outcome, task_id, letter_id, at)
    SELECT g.key, g.fingerprint, g.context, 'task', g.task_id, g.letter_id, intake.at FROM unnest(given) g ORDER BY g.key
    ON CONFLICT (key) DO NOTHING RETURNING asks.letter_id
  )
  SELECT coalesce(array_agg(g ORDER BY g.n), '{}') INTO fresh FROM unnest(given) g JOIN taken ON taken.letter_id = g.letter_id;

  IF cardinality(fresh) > 0 THEN
    WITH made AS (
      INSERT INTO conversations (id, team_id, platform, thread_ref, address, channel, created_at)
      SELECT DISTINCT ON (coalesce(g.thread_ref, g.conversation_id::text)) g.conversation_id, g.team_id, g.platform, g.thread_ref, g.address, g.channel, intake.at
      FROM unnest(fresh) g ORDER BY coalesce(g.thread_ref, g.conversation_id::text), g.n
      ON CONFLICT DO NOTHING RETURNING conversations.id
    )
    SELECT coalesce(array_agg(m.id), '{}') INTO new_conversations FROM made m;

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
        d.at_home AND (d.accepted OR NOT d.read_here) AS has_letter,
        count(*) FILTER (WHERE d.at_home AND (d.accepted OR NOT d.read_here)) OVER (PARTITION BY d.conversation ORDER BY d.n) AS place
      FROM decided d
    ), counted AS (
      UPDATE conversations c SET letters = c.letters + k.many
      FROM (SELECT s.conversation, count(*)::int AS many FROM said s WHERE s.has_letter GROUP BY s.conversation) k
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
      FROM said s JOIN counted c ON c.id = s.conversation WHERE s.has_letter
    ), new_events AS (
      INSERT INTO task_events (task_id, team_id, kind, data, at)
      SELECT s.task_id, s.team_id, 'accepted', s.words - 'kind' - 'taskId', intake.at FROM said s WHERE s.accepted ORDER BY s.n
    ), to_start AS (
      INSERT INTO outbox (task_id, generation, at) SELECT s.task_id, 0, intake.at FROM said s WHERE s.accepted AND s.position = 0 ORDER BY s.n
    ), refused AS (
      UPDATE asks a SET outcome = 'refused', task_id = NULL, answer = s.words, team_id = s.team_id FROM said s
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
      CASE WHEN s.has_letter THEN s.conversation END, s.thread_ref, s.words
    FROM said s;

    -- Nothing was said in them: all that was asked there was refused, and whoever asked reads why in the answer.
    DELETE FROM conversations c WHERE c.id = ANY (new_conversations) AND c.letters = 0;

    PERFORM pg_notify('impacter', 'intake:' || team_id) FROM (SELECT DISTINCT team_id FROM unnest(fresh));
  END IF;

  IF cardinality(fresh) < cardinality(given) THEN
    RETURN QUERY
    SELECT g.n, CASE WHEN a.fingerprint <> g.fingerprint OR a.context <> g.context THEN 'mismatch' ELSE a.outcome END, true, a.task_id,
      coalesce(l.conversation_id, t.conversation_id), g.thread_ref, coalesce(a.answer, l.saying)
    FROM unnest(given) g CROSS JOIN LATERAL (SELECT * FROM asks a WHERE a.key = g.key OFFSET 0) a
    LEFT JOIN LATERAL (SELECT * FROM letters l WHERE l.id = a.letter_id OFFSET 0) l ON true
    LEFT JOIN LATERAL (SELECT * FROM tasks t WHERE t.id = a.task_id OFFSET 0) t ON true
    WHERE NOT EXISTS (SELECT FROM unnest(fresh) f WHERE f.n = g.n);
  END IF;
END $$;
