-- The two transactions of every task, each one function over an array, so that everything queued while one statement
-- is in flight goes in the next (group commit). Whoever locks more than one row does so in this order, and each kind in
-- the order of its ids: asks, new conversations, wallets, tasks, conversations, attempts, letters. A conversation belongs to one team and so
-- to one wallet, whose lock therefore also orders the tasks of a conversation.
--
-- A notification says which team it is about: event streams of other teams need not look.

-- What a platform would not take, for the operator's numbers and the page of undelivered results.
CREATE INDEX "letters_dead" ON "letters" ("conversation_id") WHERE "state" = 'dead';
-- Which letters are due, where a platform is away and very many wait.
CREATE INDEX "letters_due" ON "letters" ("next_at") WHERE "state" IN ('planned', 'sending', 'unknown');
-- What estimates learn from (core/store/learned.ts).
CREATE INDEX "tasks_learned" ON "tasks" ("type", "rate_version", "finished_at" DESC)
  WHERE "status" = 'completed' AND NOT coalesce(("result" ->> 'sample')::boolean, false);

-- Intake -----------------------------------------------------------------------------------------------------

-- What core/store/intake.ts hands over for one ask. `task_id` is null when it was refused before it came here.
CREATE TYPE "intake_row" AS (
  n int, key text, fingerprint text, letter_id uuid, conversation_id uuid, thread_ref text, address text,
  platform text, channel text, team_id uuid, wallet_id uuid, user_id uuid, identity_id uuid,
  task_id uuid, hold_id uuid, type text, because text, request_text text, quantity int, rate_version int,
  estimate_low bigint, estimate_high bigint, retry_of uuid, deadline_at timestamptz, file_ids uuid[],
  -- The letter: `accepted` without its numbers, or the refusal.
  saying jsonb,
  -- People read this platform's letters from us, so a letter is where they see it once it is written.
  read_here boolean,
  most_waiting int
);

-- The ledger refuses a new hold for want of credits or by a limit, and says which. Any other answer is a fault of ours
-- and stops the batch.
CREATE FUNCTION "unexpected_of_ledger"(outcome text) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger answered % to a new hold', outcome;
END $$;

-- Takes asks: identity, task, hold, journal line, letter, event and the order to start, or a refusal and its letter.
-- A repeated key changes nothing and gets the first answer back. `outcome` is task, refused or mismatch
-- (the same key with another request). Where the conversation belongs to somebody else, no letter is written there.
CREATE FUNCTION "intake"(asks jsonb, at timestamptz)
RETURNS TABLE (n int, outcome text, repeated boolean, task_id uuid, conversation_id uuid, thread_ref text, saying jsonb)
-- Planning such a statement anew for each batch takes longer than running it.
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' AS $$
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

    PERFORM 1 FROM wallets w WHERE w.id IN (SELECT g.wallet_id FROM unnest(fresh) g) ORDER BY w.id FOR NO KEY UPDATE;

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
              SELECT count(*) FROM files f WHERE f.id = ANY (g.file_ids) AND f.team_id = g.team_id AND f.role = 'input' AND f.task_id IS NULL
                AND f.removed_at IS NULL AND f.expires_at > intake.at)
          ELSE true
        END AS has_files
      FROM (
        SELECT f.*, coalesce((SELECT x.id FROM conversations x WHERE x.thread_ref = f.thread_ref), f.conversation_id) AS conversation FROM unnest(fresh) f
      ) g JOIN conversations c ON c.id = g.conversation
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
      WHERE c.id = k.conversation RETURNING c.id, c.letters - k.many AS before
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
      UPDATE asks a SET outcome = 'refused', task_id = NULL, answer = s.words FROM said s WHERE a.key = s.key AND NOT s.accepted
    ), inputs AS (
      -- Until here it was kept for a day only.
      UPDATE files f SET task_id = s.task_id, expires_at = intake.at + make_interval(days => (SELECT m.retention_days FROM teams m WHERE m.id = s.team_id))
      FROM said s WHERE s.accepted AND f.id = ANY (s.file_ids)
    ), inputs_again AS (
      INSERT INTO files (id, team_id, task_id, role, name, mime, size_bytes, sha256, storage_key, preview, created_at, expires_at)
      SELECT uuidv7(), f.team_id, s.task_id, 'input', f.name, f.mime, f.size_bytes, f.sha256, f.storage_key, f.preview, intake.at,
        intake.at + make_interval(days => (SELECT m.retention_days FROM teams m WHERE m.id = s.team_id))
      FROM said s JOIN files f ON f.task_id = s.retry_of AND f.role = 'input' WHERE s.accepted AND s.retry_of IS NOT NULL
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
    FROM unnest(given) g JOIN asks a ON a.key = g.key
    LEFT JOIN letters l ON l.id = a.letter_id LEFT JOIN tasks t ON t.id = a.task_id
    WHERE NOT EXISTS (SELECT FROM unnest(fresh) f WHERE f.n = g.n);
  END IF;
END $$;

-- Finish -----------------------------------------------------------------------------------------------------

-- What core/store/finish.ts hands over for one task that ends.
CREATE TYPE "finish_row" AS (
  n int, task_id uuid,
  -- Only this attempt may end the task; null for an end that no attempt brings (cancel, deadline).
  attempt int,
  status text, charge bigint, result jsonb, failure jsonb, usage jsonb, cost_micro_usd bigint, outcome text,
  letter_id uuid, saying jsonb, read_here boolean, files jsonb
);

-- Ends tasks: closes their holds, journal lines, task, attempt, files, result letter, event, and the next task of the
-- conversation. A task that is over is left as it is (`over`), and so is one whose
-- attempt was replaced (`stale`), and one that is to be canceled while an agent works on it (`running`): its worker ends that.
CREATE FUNCTION "finish"(outcomes jsonb, at timestamptz)
RETURNS TABLE (n int, outcome text, charged bigint, returned bigint, available bigint)
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' AS $$
#variable_conflict use_column
DECLARE
  given finish_row[] := ARRAY(SELECT r FROM jsonb_populate_recordset(NULL::finish_row, outcomes) r ORDER BY r.n);
BEGIN
  PERFORM 1 FROM wallets w WHERE w.team_id IN (SELECT t.team_id FROM tasks t JOIN unnest(given) g ON g.task_id = t.id) ORDER BY w.id FOR NO KEY UPDATE;
  PERFORM 1 FROM tasks t WHERE t.id IN (SELECT g.task_id FROM unnest(given) g) ORDER BY t.id FOR NO KEY UPDATE;

  RETURN QUERY
  WITH known AS MATERIALIZED (
    SELECT DISTINCT ON (g.task_id) g.*, t.team_id, t.conversation_id, c.platform, t.status AS was,
      CASE
        WHEN t.status IN ('completed', 'failed', 'canceled') THEN 'over'
        WHEN g.attempt IS NULL AND g.status = 'canceled' AND t.status = 'processing' THEN 'running'
        WHEN g.attempt IS NOT NULL AND g.attempt <> (SELECT max(a.number) FROM attempts a WHERE a.task_id = t.id) THEN 'stale'
        ELSE 'finished'
      END AS verdict
    FROM unnest(given) g JOIN tasks t ON t.id = g.task_id JOIN conversations c ON c.id = t.conversation_id
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
    WHERE c.id = k.conversation_id RETURNING c.id, c.letters - k.many AS before
  ), tasks_ended AS (
    UPDATE tasks t SET status = e.status, credits_used = e.charged, result = e.result, failure = e.failure,
      cost_micro_usd = t.cost_micro_usd + coalesce(e.cost_micro_usd, 0), finished_at = finish.at
    FROM ended e WHERE t.id = e.task_id
  ), attempts_ended AS (
    UPDATE attempts a SET phase = 'ended', outcome = coalesce(e.outcome, 'stopped'), usage = e.usage, ended_at = finish.at, lease_until = NULL
    FROM ended e WHERE a.task_id = e.task_id AND a.ended_at IS NULL
  ), new_files AS (
    INSERT INTO files (id, team_id, task_id, role, name, mime, size_bytes, sha256, storage_key, preview, created_at, expires_at)
    SELECT f.id, e.team_id, e.task_id, 'result', f.name, f.mime, f.size_bytes, f.sha256, f.storage_key, f.preview, finish.at, finish.at + make_interval(days => m.retention_days)
    FROM ended e JOIN teams m ON m.id = e.team_id
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
    SELECT DISTINCT ON (t.conversation_id) t.id, t.generation, finish.at
    FROM tasks t
    WHERE t.conversation_id IN (SELECT e.conversation_id FROM ended e) AND t.status = 'pending' AND t.id NOT IN (SELECT e.task_id FROM ended e)
      AND NOT EXISTS (SELECT FROM tasks o WHERE o.conversation_id = t.conversation_id AND o.status = 'processing' AND o.id NOT IN (SELECT e.task_id FROM ended e))
    ORDER BY t.conversation_id, t.created_at, t.id
  )
  SELECT k.n, k.verdict, coalesce(e.charged, 0), coalesce(e.returned, 0), e.left_over
  FROM known k LEFT JOIN ended e ON e.n = k.n;

  PERFORM pg_notify('impacter', 'finish:' || team_id)
  FROM (SELECT DISTINCT t.team_id FROM unnest(given) g JOIN tasks t ON t.id = g.task_id);
END $$;

-- Start ------------------------------------------------------------------------------------------------------

-- A worker takes tasks that the queue handed to it. The lease says until when it may be presumed alive.
-- `verdict`: run (a first or further attempt), resume (an attempt somebody left behind), wait (an earlier task of the
-- conversation goes first), held (another worker has it), over (nothing left to do).
CREATE FUNCTION "start_tasks"(ids uuid[], worker text, lease_until timestamptz, at timestamptz)
RETURNS TABLE (task_id uuid, verdict text, attempt int, run_id text, session_key text, phase text, boot_id text)
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' AS $$
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
    FROM tasks t JOIN conversations c ON c.id = t.conversation_id
    LEFT JOIN LATERAL (SELECT * FROM attempts x WHERE x.task_id = t.id ORDER BY x.number DESC LIMIT 1) a ON true
    WHERE t.id = ANY (ids)
  ), taken_over AS (
    UPDATE attempts x SET worker = start_tasks.worker, lease_until = start_tasks.lease_until
    FROM looked l WHERE l.verdict = 'resume' AND x.id = l.last_id
  ), begun AS (
    INSERT INTO attempts (id, task_id, number, run_id, session_key, phase, worker, lease_until, started_at)
    SELECT uuidv7(), l.id, coalesce(l.last_number, 0) + 1, format('task-%s-a%s', l.id, coalesce(l.last_number, 0) + 1), l.session, 'reserved',
      start_tasks.worker, start_tasks.lease_until, start_tasks.at
    FROM looked l WHERE l.verdict = 'run' RETURNING attempts.task_id, attempts.number, attempts.run_id
  ), moved AS (
    UPDATE tasks t SET status = 'processing', started_at = coalesce(t.started_at, start_tasks.at)
    FROM looked l WHERE l.verdict = 'run' AND l.status = 'pending' AND t.id = l.id
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

-- A letter was posted. One that began a thread tells where its conversation is from now on; somebody may have answered
-- there before we knew. Whose words began the thread keeps it, and what was asked meanwhile is still answered there.
CREATE FUNCTION "letter_sent"(letter uuid, message_ref text, root text, at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  l letters;
BEGIN
  SELECT * INTO l FROM letters WHERE id = letter AND state <> 'sent';
  IF NOT FOUND THEN RETURN; END IF;

  WHILE root IS NOT NULL LOOP
    BEGIN
      UPDATE conversations c SET thread_ref = NULL WHERE c.thread_ref = root AND c.id <> l.conversation_id;
      UPDATE conversations c SET thread_ref = root, address = root WHERE c.id = l.conversation_id AND c.thread_ref IS NULL;
      EXIT;
    EXCEPTION WHEN unique_violation THEN -- an answer there was being written down just now; it is seen the next time
    END;
  END LOOP;

  UPDATE letters SET state = 'sent', message_ref = letter_sent.message_ref, sent_at = letter_sent.at, trouble = NULL WHERE id = letter;
  INSERT INTO task_events (task_id, team_id, kind, data, at)
  SELECT t.id, t.team_id, 'sent', jsonb_build_object('messageRef', letter_sent.message_ref), letter_sent.at FROM tasks t WHERE t.id = l.task_id;
END $$;

-- Adds a letter that no task ends with (help, balance, notices), and gives its place in the conversation.
CREATE FUNCTION "write_letter"(conversation uuid, letter uuid, task uuid, words jsonb, read_here boolean, at timestamptz)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  c conversations;
BEGIN
  UPDATE conversations SET letters = letters + 1 WHERE id = conversation RETURNING * INTO STRICT c;
  INSERT INTO letters (id, conversation_id, seq, platform, task_id, saying, state, next_at, sent_at, created_at)
  VALUES (letter, c.id, c.letters, c.platform, task, words, CASE WHEN read_here THEN 'sent' ELSE 'planned' END, at, CASE WHEN read_here THEN at END, at);
  PERFORM pg_notify('impacter', 'letter');
  RETURN c.letters;
END $$;

-- Moving ------------------------------------------------------------------------------------------------------

-- Readers of events follow the numbers of transactions, and each server counts its own. In a database that was moved to
-- another one, lines of before would come behind those of now, or stay unseen; so they all go to the front, once.
CREATE FUNCTION "mend_after_restore"() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT e.xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM task_events e ORDER BY e.id DESC LIMIT 1) IS NOT false THEN
    RETURN false;
  END IF;
  ALTER TABLE task_events DISABLE TRIGGER task_events_append_only;
  UPDATE task_events SET xid = 0;
  ALTER TABLE task_events ENABLE TRIGGER task_events_append_only;
  RETURN true;
END $$;
