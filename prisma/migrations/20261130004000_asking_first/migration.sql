-- Asking before spending: an estimate above what the team or the asker wants to be asked from leads to a task that waits for
-- approval and holds nothing. Approving it takes the hold, and checks all that any hold is checked for, in one transaction.

-- The asker's own threshold; null for never. Where the team has one too, the lower one counts.
ALTER TABLE "users" ADD COLUMN "confirm_above" BIGINT;
ALTER TABLE "users" ADD CONSTRAINT "users_confirm_above_sane" CHECK ("confirm_above" >= 0);

-- `ask_first`: the person is asked before anything is held, and has until `approve_by`. The version before sends neither.
ALTER TYPE "intake_row" ADD ATTRIBUTE ask_first boolean;
ALTER TYPE "intake_row" ADD ATTRIBUTE approve_by timestamptz;

-- When it was said in a chat, by its platform's clock. A stop in a thread applies to what was said before it, whenever it arrives.
ALTER TABLE "tasks" ADD COLUMN "said_at" TIMESTAMPTZ(3);
-- Who asked in this thread last, and when somebody else last spoke there, by the same clock: a follow-up without a mention is
-- theirs alone, and only until somebody else speaks.
ALTER TABLE "conversations" ADD COLUMN "asked_by" UUID;
ALTER TABLE "conversations" ADD COLUMN "asked_at" TIMESTAMPTZ(3);
ALTER TABLE "conversations" ADD COLUMN "spoken_at" TIMESTAMPTZ(3);
-- Both null for what was not said in a chat. What was pressed has no asker: whoever spoke last stays so.
ALTER TYPE "intake_row" ADD ATTRIBUTE said_at timestamptz;
ALTER TYPE "intake_row" ADD ATTRIBUTE asked_by uuid;

-- What waits for approval, by the end of its time.
CREATE INDEX "tasks_unapproved" ON "tasks" ("deadline_at") WHERE "status" = 'awaiting_approval';

-- Why the ledger would refuse this hold now; null if it would take it. The hold itself decides: this only spares a person
-- the question.
CREATE FUNCTION "hold_refusal"(wallet uuid, member text, channel text, credits bigint, at timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  room limit_room := (ledger_room(wallet, member, channel, at, '{}', '{}'))[1];
  available bigint := (SELECT w.balance - w.held FROM wallets w WHERE w.id = wallet);
BEGIN
  IF room."left" < credits THEN
    RETURN jsonb_build_object('code', 'limit.reached', 'facts', jsonb_build_object(
      'whose', room.kind, 'need', credits::text, 'left', greatest(room."left", 0)::text, 'limit', room.credits::text,
      'limitId', room.limit_id, 'period', room.period,
      'resetsAt', to_char(room.resets_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')));
  END IF;
  IF available < credits THEN
    RETURN jsonb_build_object('code', 'credits.short', 'facts', jsonb_build_object('need', credits::text, 'have', available::text));
  END IF;
  RETURN NULL;
END $$;

-- As before, except: with `ask_first` the task waits for approval. It holds nothing, its letter is the question, and nothing
-- is to start. Where funds or a limit would refuse the hold, the request is refused at once.
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
        (SELECT count(*) FROM tasks t WHERE t.conversation_id = c.id AND t.status = 'awaiting_approval') AS unapproved,
        -- The tasks of a conversation run in the order of these times, whatever the clocks of two processes say.
        greatest(intake.at, (SELECT max(t.created_at) FROM tasks t WHERE t.conversation_id = c.id) + interval '1 ms') AS since,
        row_number() OVER (PARTITION BY c.id ORDER BY g.n) AS turn,
        -- An input goes to one task; a repetition gets its own rows over the content that the first one had.
        CASE
          WHEN g.retry_of IS NOT NULL THEN NOT EXISTS (
            SELECT FROM files f WHERE f.task_id = g.retry_of AND f.role = 'input' AND (f.removed_at IS NOT NULL OR f.expires_at <= intake.at))
            AND NOT EXISTS (
              SELECT FROM waiting_inputs i CROSS JOIN LATERAL (SELECT * FROM tasks o WHERE o.id = i.task_id OFFSET 0) o
              WHERE i.task_id = g.retry_of AND o.status <> 'canceled')
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
      SELECT f.*, f.since + (f.turn - 1) * interval '1 ms' AS created_at,
        f.task_id IS NOT NULL AND f.at_home AND f.has_files AND f.waiting + f.unapproved + f.turn <= f.most_waiting AS fits
      FROM found f
    ), asked AS MATERIALIZED (
      -- Nothing is held for these: their person is asked first, unless the answer could only be no.
      SELECT p.n, w.balance - w.held AS available,
        hold_refusal(p.wallet_id, coalesce(p.user_id, p.identity_id)::text, p.channel, p.estimate_high, intake.at) AS refused
      FROM placed p CROSS JOIN LATERAL (SELECT * FROM wallets w WHERE w.id = p.wallet_id OFFSET 0) w
      WHERE p.fits AND p.ask_first
    ), held AS MATERIALIZED (
      SELECT h.n, h.outcome, h.available, CASE WHEN h.outcome <> 'held' THEN coalesce(h.refused, unexpected_of_ledger(h.outcome)) END AS refused
      FROM ledger_hold((
        SELECT coalesce(jsonb_agg(jsonb_build_object('n', p.n, 'hold', p.hold_id, 'task', p.task_id, 'wallet', p.wallet_id, 'credits', p.estimate_high,
          'member', coalesce(p.user_id, p.identity_id), 'channel', p.channel, 'actor', coalesce(p.user_id, p.identity_id)) ORDER BY p.n), '[]')
        FROM placed p WHERE p.fits AND p.ask_first IS NOT TRUE
      ), intake.at) h
    ), decided AS MATERIALIZED (
      SELECT p.*, h.outcome IS NOT DISTINCT FROM 'held' AS starts,
        h.outcome IS NOT DISTINCT FROM 'held' OR q.n IS NOT NULL AND q.refused IS NULL AS accepted,
        p.waiting + count(*) FILTER (WHERE h.outcome = 'held') OVER (PARTITION BY p.conversation ORDER BY p.n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS position,
        CASE
          WHEN h.outcome = 'held' THEN p.saying || jsonb_build_object('held', p.estimate_high::text, 'available', h.available::text)
          WHEN q.refused IS NOT NULL THEN jsonb_build_object('kind', 'refused') || q.refused
          WHEN q.n IS NOT NULL THEN p.saying || jsonb_build_object('available', q.available::text)
          WHEN p.task_id IS NULL THEN p.saying
          WHEN NOT p.at_home THEN '{"kind":"refused","code":"conversation.not-found","facts":{}}'::jsonb
          WHEN NOT p.has_files THEN '{"kind":"refused","code":"files.missing","facts":{}}'::jsonb
          WHEN h.outcome IS NULL THEN jsonb_build_object('kind', 'refused', 'code', 'conversation.busy', 'facts', jsonb_build_object('waiting', p.waiting + p.unapproved))
          ELSE jsonb_build_object('kind', 'refused') || h.refused
        END AS said
      FROM placed p LEFT JOIN held h ON h.n = p.n LEFT JOIN asked q ON q.n = p.n
    ), said AS MATERIALIZED (
      SELECT d.*, CASE WHEN d.starts AND d.position > 0 THEN d.said || jsonb_build_object('position', d.position) ELSE d.said END AS words,
        d.at_home AND (d.accepted OR NOT d.read_here) AS has_letter,
        count(*) FILTER (WHERE d.at_home AND (d.accepted OR NOT d.read_here)) OVER (PARTITION BY d.conversation ORDER BY d.n) AS place
      FROM decided d
    ), counted AS (
      UPDATE conversations c SET letters = c.letters + k.many,
        asked_by = CASE WHEN k.asked_by IS NULL OR c.asked_at > k.said_at THEN c.asked_by ELSE k.asked_by END, asked_at = greatest(c.asked_at, k.said_at)
      FROM (
        SELECT s.conversation, count(*)::int AS many, max(s.said_at) FILTER (WHERE s.asked_by IS NOT NULL) AS said_at,
          (array_agg(s.asked_by ORDER BY s.said_at DESC, s.n DESC) FILTER (WHERE s.asked_by IS NOT NULL))[1] AS asked_by
        FROM said s WHERE s.has_letter GROUP BY s.conversation
      ) k
      WHERE c.id = k.conversation AND c.id = ANY (ARRAY(SELECT s.conversation FROM said s)) RETURNING c.id, c.letters - k.many AS before
    ), new_tasks AS (
      INSERT INTO tasks (id, team_id, conversation_id, user_id, identity_id, platform, channel, type, because, request_text, status,
        quantity, rate_version, estimate_low, estimate_high, retry_of, deadline_at, created_at, said_at)
      SELECT s.task_id, s.team_id, s.conversation, s.user_id, s.identity_id, s.platform, s.channel, s.type, s.because, s.request_text,
        CASE WHEN s.starts THEN 'pending' ELSE 'awaiting_approval' END, s.quantity, s.rate_version, s.estimate_low, s.estimate_high, s.retry_of,
        CASE WHEN s.starts THEN s.deadline_at ELSE s.approve_by END, s.created_at, s.said_at
      FROM said s WHERE s.accepted
    ), new_letters AS (
      INSERT INTO letters (id, conversation_id, seq, platform, task_id, saying, state, next_at, sent_at, created_at)
      SELECT s.letter_id, s.conversation, c.before + s.place, s.platform, CASE WHEN s.accepted THEN s.task_id END, s.words,
        CASE WHEN s.read_here THEN 'sent' ELSE 'planned' END, intake.at, CASE WHEN s.read_here THEN intake.at END, intake.at
      FROM said s JOIN counted c ON c.id = s.conversation WHERE s.has_letter
    ), new_events AS (
      INSERT INTO task_events (task_id, team_id, kind, data, at)
      SELECT s.task_id, s.team_id, CASE WHEN s.starts THEN 'accepted' ELSE 'approval-requested' END, s.words - 'kind' - 'taskId', intake.at
      FROM said s WHERE s.accepted ORDER BY s.n
    ), to_start AS (
      INSERT INTO outbox (task_id, generation, at) SELECT s.task_id, 0, intake.at FROM said s WHERE s.starts AND s.position = 0 AND s.inputs IS NULL ORDER BY s.n
    ), refused AS (
      UPDATE asks a SET outcome = 'refused', task_id = NULL, answer = s.words, team_id = s.team_id FROM said s
      WHERE a.key = s.key AND NOT s.accepted AND a.key = ANY (ARRAY(SELECT s.key FROM said s WHERE NOT s.accepted))
    ), inputs AS (
      -- Until here it was kept for a day only.
      UPDATE files f SET task_id = s.task_id, expires_at = intake.at + make_interval(days => (SELECT m.retention_days FROM teams m WHERE m.id = s.team_id))
      FROM said s WHERE s.accepted AND f.id = ANY (s.file_ids)
    ), inputs_to_fetch AS (
      INSERT INTO waiting_inputs (id, task_id, team_id, platform, name, mime, size_bytes, ref, next_at, give_up_at, created_at)
      SELECT i.id, s.task_id, s.team_id, s.platform, i.name, i.mime, i.size_bytes, decode(i.ref, 'hex'), intake.at, s.fetch_until, intake.at
      FROM said s CROSS JOIN LATERAL jsonb_to_recordset(s.inputs) AS i (id uuid, name text, mime text, size_bytes bigint, ref text)
      WHERE s.accepted AND s.inputs IS NOT NULL
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
    IF EXISTS (SELECT FROM unnest(fresh) f WHERE f.inputs IS NOT NULL) THEN
      PERFORM pg_notify('impacter', 'inputs');
    END IF;
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

-- Approves a task: takes its hold, writes the first words, and lets it start. `outcome` is `approved`; `repeated` when it had
-- been approved before; `refused` when the ledger refuses the hold or an input is gone, and the task goes on waiting; `over` when
-- it ended, or somebody wants it stopped; `expired` past its time; `unknown` when there is none. `saying` is the letter or the
-- refusal. Locks as `finish` does: wallet, task, conversation.
CREATE FUNCTION "approve_task"(task uuid, hold uuid, letter uuid, run_until timestamptz, read_here boolean, at timestamptz)
RETURNS TABLE (outcome text, saying jsonb)
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  the_wallet uuid;
  the_task tasks;
  the_conversation conversations;
  taken record;
  ahead int;
  words jsonb;
BEGIN
  SELECT t.* INTO the_task FROM tasks t WHERE t.id = task;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'unknown', NULL::jsonb;
    RETURN;
  END IF;
  SELECT w.id INTO STRICT the_wallet FROM wallets w WHERE w.team_id = the_task.team_id FOR NO KEY UPDATE;
  -- With those that may start meanwhile, so that two tasks of a conversation never run at once.
  PERFORM 1 FROM tasks t
  WHERE t.id = task OR t.conversation_id = the_task.conversation_id AND t.status IN ('pending', 'processing')
  ORDER BY t.id FOR NO KEY UPDATE;
  SELECT t.* INTO STRICT the_task FROM tasks t WHERE t.id = task;
  IF the_task.status <> 'awaiting_approval' THEN
    SELECT l.saying INTO words FROM letters l WHERE l.task_id = task AND l.saying ->> 'kind' = 'accepted' ORDER BY l.seq LIMIT 1;
    RETURN QUERY SELECT CASE WHEN words IS NULL THEN 'over' ELSE 'repeated' END, words;
    RETURN;
  END IF;
  IF the_task.cancel_requested_at IS NOT NULL OR the_task.deadline_at <= at THEN
    RETURN QUERY SELECT CASE WHEN the_task.cancel_requested_at IS NULL THEN 'expired' ELSE 'over' END, NULL::jsonb;
    RETURN;
  END IF;
  IF EXISTS (SELECT FROM files f WHERE f.task_id = task AND f.role = 'input' AND (f.removed_at IS NOT NULL OR f.deleted_at IS NOT NULL)) THEN
    RETURN QUERY SELECT 'refused', '{"code":"task.input-gone","facts":{}}'::jsonb;
    RETURN;
  END IF;

  SELECT h.* INTO STRICT taken FROM ledger_hold(jsonb_build_array(jsonb_build_object(
    'n', 0, 'hold', hold, 'task', task, 'wallet', the_wallet, 'credits', the_task.estimate_high,
    'member', coalesce(the_task.user_id, (SELECT i.user_id FROM identities i WHERE i.id = the_task.identity_id), the_task.identity_id),
    'channel', the_task.channel,
    'actor', coalesce(the_task.user_id, the_task.identity_id))), at) h;
  IF taken.outcome <> 'held' THEN
    RETURN QUERY SELECT 'refused', coalesce(taken.refused, unexpected_of_ledger(taken.outcome));
    RETURN;
  END IF;

  UPDATE conversations c SET letters = c.letters + 1 WHERE c.id = the_task.conversation_id RETURNING c.* INTO STRICT the_conversation;
  SELECT count(*) INTO ahead FROM tasks t
  WHERE t.conversation_id = the_task.conversation_id
    AND (t.status = 'processing' OR t.status = 'pending' AND (t.created_at, t.id) < (the_task.created_at, the_task.id));
  -- What was asked, with the numbers of now.
  SELECT e.data - ARRAY['waitsFor', 'approveBy', 'above', 'whose', 'edited'] INTO words FROM task_events e WHERE e.task_id = task AND e.kind = 'approval-requested' LIMIT 1;
  words := words || jsonb_build_object('kind', 'accepted', 'taskId', task, 'held', the_task.estimate_high::text, 'available', taken.available::text)
    || CASE WHEN ahead > 0 THEN jsonb_build_object('position', ahead) ELSE '{}' END;

  UPDATE tasks t SET status = 'pending', deadline_at = run_until WHERE t.id = task;
  INSERT INTO letters (id, conversation_id, seq, platform, task_id, saying, state, next_at, sent_at, created_at)
  VALUES (letter, the_conversation.id, the_conversation.letters, the_conversation.platform, task, words,
    CASE WHEN read_here THEN 'sent' ELSE 'planned' END, at, CASE WHEN read_here THEN at END, at);
  INSERT INTO task_events (task_id, team_id, kind, data, at) VALUES (task, the_task.team_id, 'accepted', words - 'kind' - 'taskId', at);
  IF ahead = 0 AND NOT EXISTS (SELECT FROM waiting_inputs i WHERE i.task_id = task) THEN
    INSERT INTO outbox (task_id, generation, at) VALUES (task, the_task.generation, at);
  END IF;
  PERFORM pg_notify('impacter', 'intake:' || the_task.team_id);
  RETURN QUERY SELECT 'approved', words;
END $$;

-- As before, except: a task that was approved late may be older than the one that runs, and waits for it all the same; and a task waits for
-- files that are not here yet.
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
        WHEN t.status = 'pending' AND EXISTS (SELECT FROM waiting_inputs i WHERE i.task_id = t.id) THEN 'wait'
        WHEN t.status = 'pending' AND EXISTS (
          SELECT FROM tasks o WHERE o.conversation_id = t.conversation_id AND o.status IN ('pending', 'processing')
            AND (o.status = 'processing' OR (o.created_at, o.id) < (t.created_at, t.id))
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
