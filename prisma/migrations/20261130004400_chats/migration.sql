-- What people do in chats: messages, presses, commands, edits and removals, each with one stored outcome.

-- The request was removed by its person: our copy of its text goes as soon as the task is over.
ALTER TABLE "tasks" ADD COLUMN "forget_at" TIMESTAMPTZ(3);
CREATE INDEX "tasks_to_forget" ON "tasks" ("forget_at") WHERE "forget_at" IS NOT NULL;

-- One gesture may arrive under two coordinates. Each further name leads to the key of the first.
CREATE TABLE "message_names" (
    "name" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "message_names_pkey" PRIMARY KEY ("name")
);
CREATE INDEX "message_names_key_idx" ON "message_names" ("key");
CREATE INDEX "message_names_at_idx" ON "message_names" ("at");

-- Messages that were edited or removed after they had become requests.
CREATE TABLE "message_changes" (
    "key" TEXT NOT NULL,
    -- The task of the latest edit.
    "task_id" UUID,
    -- When that edit was made, by the platform's clock.
    "edited_at" TIMESTAMPTZ(3),
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "message_changes_pkey" PRIMARY KEY ("key")
);

-- Feedback of people who are not linked. The version before names the user and nothing else.
ALTER TABLE "feedback" DROP CONSTRAINT "feedback_pkey";
ALTER TABLE "feedback" ADD COLUMN "id" UUID NOT NULL DEFAULT uuidv7();
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_pkey" PRIMARY KEY ("id");
ALTER TABLE "feedback" ALTER COLUMN "user_id" DROP NOT NULL;
ALTER TABLE "feedback" ADD COLUMN "identity_id" UUID;
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_identity_id_fkey" FOREIGN KEY ("identity_id") REFERENCES "identities"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_of_somebody" CHECK (num_nonnulls("user_id", "identity_id") = 1);
CREATE UNIQUE INDEX "feedback_task_id_user_id_key" ON "feedback" ("task_id", "user_id");
CREATE UNIQUE INDEX "feedback_task_id_identity_id_key" ON "feedback" ("task_id", "identity_id");
CREATE INDEX "feedback_identity_id_idx" ON "feedback" ("identity_id");

-- What answers a repeat and made no task is forgotten after a while (core/store/tasks/asks.ts).
DROP INDEX "asks_refused";
CREATE INDEX "asks_without_task" ON "asks" ("at") WHERE "outcome" IN ('refused', 'ignored', 'decision');

-- Events say why a request was read as its type, which may quote it. That alone may change, to what quotes nothing.
CREATE FUNCTION "task_events_guard"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF row(NEW.id, NEW.task_id, NEW.team_id, NEW.kind, NEW.at, NEW.xid) IS NOT DISTINCT FROM row(OLD.id, OLD.task_id, OLD.team_id, OLD.kind, OLD.at, OLD.xid)
    AND OLD.data ? 'because' AND NEW.data = OLD.data || jsonb_build_object('because', 'read as ' || (OLD.data ->> 'type'))
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'task_events is append-only' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only';
END $$;
DROP TRIGGER "task_events_append_only" ON "task_events";
CREATE TRIGGER "task_events_append_only" BEFORE UPDATE ON "task_events" FOR EACH ROW EXECUTE FUNCTION "task_events_guard"();

-- Names --------------------------------------------------------------------------------------------------------

-- Gives each message the key under which its gesture was first heard. Rows with a `twin` have a second name.
CREATE FUNCTION "named_messages"(messages jsonb, at timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  named jsonb;
BEGIN
  INSERT INTO message_names (name, key, at)
  SELECT DISTINCT ON (m ->> 'twin') m ->> 'twin', m ->> 'key', named_messages.at FROM jsonb_array_elements(messages) m
  WHERE m ->> 'twin' IS NOT NULL ORDER BY m ->> 'twin', (m ->> 'n')::int
  ON CONFLICT (name) DO NOTHING;

  -- Its own coordinates lead there too, so that a repeat without its second name is known.
  INSERT INTO message_names (name, key, at)
  SELECT DISTINCT ON (m ->> 'key') m ->> 'key', k.key, named_messages.at FROM jsonb_array_elements(messages) m JOIN message_names k ON k.name = m ->> 'twin'
  WHERE k.key <> m ->> 'key' ORDER BY m ->> 'key', (m ->> 'n')::int
  ON CONFLICT (name) DO NOTHING;

  SELECT jsonb_agg(m || jsonb_build_object('key', coalesce(k.key, o.key, m ->> 'key')) ORDER BY (m ->> 'n')::int) INTO named
  FROM jsonb_array_elements(messages) m LEFT JOIN message_names k ON k.name = m ->> 'twin' LEFT JOIN message_names o ON o.name = m ->> 'key';
  RETURN named;
END $$;

-- Looking --------------------------------------------------------------------------------------------------------

-- Who speaks, who pays there, the state of the thread, and what came of the key: all that a message is judged by, found by keys
-- (core/store/chats/look.ts).
CREATE FUNCTION "chat_look"(platforms text[], spaces text[], workspaces text[], externals text[], threads text[], keys text[], twins text[])
RETURNS TABLE (n bigint, identity_id uuid, display_name text, user_id uuid, workspace_pays boolean, guests_may_ask boolean, team_id uuid, wallet_id uuid,
  role text, frozen_at timestamptz, deletion_at timestamptz, team_above bigint, own_above bigint, conversation_id uuid, thread_team uuid, asked_by uuid,
  asked_at timestamptz, spoken_at timestamptz, known_key text, outcome text, task_id uuid, saying jsonb)
LANGUAGE plpgsql STABLE SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT g.n, a.id, a.display_name, a.user_id, s.id IS NOT NULL, coalesce(s.guests_may_ask, false), w.team_id, w.id,
    m.role, t.frozen_at, t.deletion_at, t.confirm_above, u.confirm_above, c.id, c.team_id, c.asked_by, c.asked_at, c.spoken_at,
    k.key, k.outcome, k.task_id, coalesce(k.answer, l.saying)
  FROM unnest(platforms, spaces, workspaces, externals, threads, keys, twins)
    WITH ORDINALITY AS g(platform, space, workspace, external_id, thread_ref, key, twin, n)
  LEFT JOIN LATERAL (SELECT * FROM identities i WHERE i.platform = g.platform AND i.space = coalesce(g.space, '') AND i.external_id = g.external_id OFFSET 0) a ON true
  LEFT JOIN LATERAL (SELECT * FROM workspaces p WHERE p.platform = g.platform AND p.external_id = g.workspace AND p.uninstalled_at IS NULL OFFSET 0) s ON true
  LEFT JOIN LATERAL (SELECT o.id FROM teams o WHERE o.personal_of = a.user_id OFFSET 0) own ON true
  LEFT JOIN LATERAL (SELECT x.id, x.team_id FROM wallets x WHERE x.team_id = coalesce(s.team_id, own.id) OFFSET 0) w ON true
  LEFT JOIN LATERAL (SELECT x.role FROM members x WHERE x.team_id = w.team_id AND x.user_id = a.user_id OFFSET 0) m ON true
  LEFT JOIN LATERAL (SELECT * FROM teams x WHERE x.id = w.team_id OFFSET 0) t ON true
  LEFT JOIN LATERAL (SELECT x.confirm_above FROM users x WHERE x.id = a.user_id OFFSET 0) u ON true
  LEFT JOIN LATERAL (SELECT * FROM conversations x WHERE x.thread_ref = g.thread_ref OFFSET 0) c ON true
  LEFT JOIN LATERAL (SELECT x.key FROM message_names x WHERE x.name = g.key OFFSET 0) own_name ON true
  LEFT JOIN LATERAL (SELECT x.key FROM message_names x WHERE x.name = g.twin OFFSET 0) twin_name ON true
  LEFT JOIN LATERAL (SELECT * FROM asks x WHERE x.key = coalesce(twin_name.key, own_name.key, g.key) OFFSET 0) k ON true
  LEFT JOIN LATERAL (SELECT x.saying FROM letters x WHERE x.id = k.letter_id OFFSET 0) l ON true;
END $$;

-- Asks from chats ------------------------------------------------------------------------------------------------

CREATE TYPE "intake_answer" AS (n int, outcome text, repeated boolean, task_id uuid, conversation_id uuid, thread_ref text, saying jsonb);

-- `intake`, for what was said in chats: a message has as many names as it arrives under (`twin`).
CREATE FUNCTION "chat_intake"(asks jsonb, at timestamptz) RETURNS SETOF "intake_answer"
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
  IF EXISTS (SELECT FROM jsonb_array_elements(asks) a WHERE a ->> 'twin' IS NOT NULL) THEN
    asks := named_messages(asks, at);
  END IF;
  RETURN QUERY SELECT i.n, i.outcome, i.repeated, i.task_id, i.conversation_id, i.thread_ref, i.saying FROM intake(asks, at) i;
END $$;

-- Takes one ask in the place of a task that waits for approval: both happen, or neither. Where the old one does not wait
-- any more nothing happens (`over`) if only a waiting one may be replaced; else the ask is taken beside it. A repeated key
-- gets its first answer. Locks the wallet, then the task, as everybody does.
CREATE FUNCTION "replace_unapproved"(old uuid, only_waiting boolean, asks jsonb, letter uuid, read_here boolean, at timestamptz) RETURNS SETOF "intake_answer"
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  the_task tasks;
  taken intake_answer;
  ending jsonb;
BEGIN
  PERFORM 1 FROM wallets w WHERE w.team_id = (SELECT t.team_id FROM tasks t WHERE t.id = old) FOR NO KEY UPDATE;
  SELECT t.* INTO the_task FROM tasks t WHERE t.id = old FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM asks a WHERE a.key = replace_unapproved.asks -> 0 ->> 'key') THEN
    RETURN QUERY SELECT * FROM chat_intake(replace_unapproved.asks, replace_unapproved.at);
    RETURN;
  END IF;
  IF the_task.status IS DISTINCT FROM 'awaiting_approval' OR the_task.cancel_requested_at IS NOT NULL OR the_task.deadline_at <= replace_unapproved.at THEN
    IF only_waiting THEN
      RETURN QUERY SELECT 0, 'over', false, NULL::uuid, NULL::uuid, NULL::text, NULL::jsonb;
    ELSE
      RETURN QUERY SELECT * FROM chat_intake(replace_unapproved.asks, replace_unapproved.at);
    END IF;
    RETURN;
  END IF;
  ending := jsonb_build_array(jsonb_build_object('n', 0, 'task_id', old, 'status', 'canceled', 'charge', 0, 'cost_micro_usd', 0, 'letter_id', letter,
    'saying', jsonb_build_object('kind', 'canceled', 'taskId', old, 'type', the_task.type, 'files', '[]'::jsonb, 'sample', false, 'replaced', true),
    'read_here', replace_unapproved.read_here, 'files', '[]'::jsonb));
  BEGIN
    PERFORM finish(ending, replace_unapproved.at);
    SELECT i.* INTO taken FROM chat_intake(replace_unapproved.asks, replace_unapproved.at) i;
    IF taken.outcome <> 'task' THEN
      RAISE EXCEPTION 'not replaced' USING ERRCODE = 'IM001';
    END IF;
    -- What is still to be fetched for the old one is fetched for the new one.
    UPDATE waiting_inputs w SET task_id = taken.task_id WHERE w.task_id = old;
    RETURN NEXT taken;
  EXCEPTION WHEN SQLSTATE 'IM001' THEN
    -- The old one goes on waiting.
    RETURN QUERY SELECT * FROM chat_intake(replace_unapproved.asks, replace_unapproved.at);
  END;
END $$;

-- An edit of a message that had become a request: the latest one counts, and replaces what still waits. `late`: a later edit
-- was taken, or the message was removed.
CREATE FUNCTION "edit_message"(message text, edited_at timestamptz, asks jsonb, letter uuid, read_here boolean, at timestamptz) RETURNS SETOF "intake_answer"
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  was message_changes;
  taken intake_answer;
BEGIN
  INSERT INTO message_changes (key) VALUES (message) ON CONFLICT (key) DO NOTHING;
  SELECT m.* INTO STRICT was FROM message_changes m WHERE m.key = message FOR UPDATE;
  IF was.removed_at IS NOT NULL OR was.edited_at >= edit_message.edited_at AND NOT EXISTS (SELECT FROM asks a WHERE a.key = edit_message.asks -> 0 ->> 'key') THEN
    RETURN QUERY SELECT 0, 'late', false, NULL::uuid, NULL::uuid, NULL::text, NULL::jsonb;
    RETURN;
  END IF;
  SELECT r.* INTO taken FROM replace_unapproved(
    coalesce(was.task_id, (SELECT a.task_id FROM asks a WHERE a.key = message)), false, edit_message.asks, letter, edit_message.read_here, edit_message.at) r;
  IF taken.outcome = 'task' AND NOT taken.repeated THEN
    UPDATE message_changes m SET task_id = taken.task_id, edited_at = edit_message.edited_at WHERE m.key = message;
  END IF;
  RETURN NEXT taken;
END $$;

-- Outcomes -------------------------------------------------------------------------------------------------------

CREATE TYPE "outcome_row" AS (n int, key text, outcome text, answer jsonb, team_id uuid, conversation_id uuid, said_at timestamptz);

-- Stores what came of gestures that made no task; a repeated key changes nothing and gets its first outcome back. Where
-- somebody else than the asker spoke in a thread, the thread remembers when.
CREATE FUNCTION "keep_outcomes"(outcomes jsonb, at timestamptz) RETURNS TABLE (n int, repeated boolean, outcome text, task_id uuid, saying jsonb)
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  given outcome_row[];
  fresh int[];
  interrupted uuid[];
BEGIN
  IF EXISTS (SELECT FROM jsonb_array_elements(outcomes) o WHERE o ->> 'twin' IS NOT NULL) THEN
    outcomes := named_messages(outcomes, at);
  END IF;
  given := ARRAY(SELECT r FROM jsonb_populate_recordset(NULL::outcome_row, outcomes) r);
  WITH first AS (
    SELECT DISTINCT ON (g.key) g.* FROM unnest(given) g ORDER BY g.key, g.n
  ), kept AS (
    INSERT INTO asks (key, fingerprint, outcome, answer, team_id, at)
    SELECT f.key, 'message', f.outcome, f.answer, f.team_id, keep_outcomes.at FROM first f ORDER BY f.key
    ON CONFLICT (key) DO NOTHING RETURNING key
  )
  SELECT coalesce(array_agg(f.n), '{}') INTO fresh FROM first f JOIN kept k ON k.key = f.key;

  -- Once is enough until they ask again. Their wallets first, as whoever writes to several conversations does.
  interrupted := ARRAY(
    SELECT c.id FROM unnest(given) g CROSS JOIN LATERAL (SELECT * FROM conversations c WHERE c.id = g.conversation_id OFFSET 0) c
    WHERE g.n = ANY (fresh) AND c.asked_at IS NOT NULL AND (c.spoken_at IS NULL OR c.spoken_at < c.asked_at));
  IF cardinality(interrupted) > 0 THEN
    PERFORM 1 FROM wallets w WHERE w.team_id = ANY (ARRAY(SELECT c.team_id FROM conversations c WHERE c.id = ANY (interrupted))) ORDER BY w.id FOR NO KEY UPDATE;
    UPDATE conversations c SET spoken_at = greatest(c.spoken_at, x.said_at)
    FROM (
      SELECT g.conversation_id, max(g.said_at) AS said_at FROM unnest(given) g WHERE g.n = ANY (fresh) AND g.conversation_id IS NOT NULL GROUP BY g.conversation_id
    ) x
    WHERE c.id = x.conversation_id AND c.id = ANY (interrupted);
  END IF;

  RETURN QUERY
  SELECT g.n, NOT g.n = ANY (fresh), a.outcome, a.task_id, coalesce(a.answer, l.saying)
  FROM unnest(given) g CROSS JOIN LATERAL (SELECT * FROM asks a WHERE a.key = g.key OFFSET 0) a
  LEFT JOIN LATERAL (SELECT * FROM letters l WHERE l.id = a.letter_id OFFSET 0) l ON true;
END $$;

-- Removals -------------------------------------------------------------------------------------------------------

-- A message was removed by its person. Gives the tasks that came of it, with its edits and repetitions; their text goes once
-- they are over. A refusal of it is forgotten with what it quotes. Later deliveries of the message are ignored.
CREATE FUNCTION "remove_message"(message text, at timestamptz) RETURNS TABLE (task_id uuid) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  was message_changes;
  the_ask asks;
  ids uuid[];
BEGIN
  INSERT INTO message_changes (key) VALUES (message) ON CONFLICT (key) DO NOTHING;
  SELECT m.* INTO STRICT was FROM message_changes m WHERE m.key = message FOR UPDATE;
  UPDATE message_changes m SET removed_at = coalesce(m.removed_at, remove_message.at) WHERE m.key = message;
  INSERT INTO asks (key, fingerprint, outcome, at) VALUES (message, 'message', 'ignored', remove_message.at) ON CONFLICT (key) DO NOTHING;
  SELECT a.* INTO STRICT the_ask FROM asks a WHERE a.key = message;
  IF the_ask.outcome = 'refused' THEN
    DELETE FROM letters l WHERE l.id = the_ask.letter_id AND l.state IN ('planned', 'sent', 'dead');
    DELETE FROM asks a WHERE a.key = message;
    INSERT INTO asks (key, fingerprint, outcome, team_id, at) VALUES (message, 'message', 'ignored', the_ask.team_id, the_ask.at);
  END IF;
  WITH RECURSIVE removed AS (
    SELECT t.id, t.conversation_id FROM tasks t WHERE t.id IN (the_ask.task_id, was.task_id)
    UNION
    SELECT t.id, t.conversation_id FROM removed r JOIN tasks t ON t.conversation_id = r.conversation_id AND t.retry_of = r.id
  )
  SELECT coalesce(array_agg(r.id ORDER BY r.id), '{}') INTO ids FROM removed r;
  PERFORM 1 FROM tasks t WHERE t.id = ANY (ids) ORDER BY t.id FOR NO KEY UPDATE;
  UPDATE tasks t SET forget_at = remove_message.at WHERE t.id = ANY (ids) AND t.request_text <> '';
  RETURN QUERY SELECT unnest(ids);
END $$;

-- Writes a letter about a task into its thread, once of its kind. Locks the conversation, as everybody who writes one does.
CREATE FUNCTION "notice_once"(task uuid, letter uuid, words jsonb, read_here boolean, at timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  the_conversation conversations;
BEGIN
  SELECT c.* INTO STRICT the_conversation FROM conversations c WHERE c.id = (SELECT t.conversation_id FROM tasks t WHERE t.id = task) FOR NO KEY UPDATE;
  IF EXISTS (SELECT FROM letters l WHERE l.task_id = task AND l.saying ->> 'kind' = 'notice' AND l.saying -> 'notice' = words -> 'notice') THEN
    RETURN false;
  END IF;
  UPDATE conversations c SET letters = c.letters + 1 WHERE c.id = the_conversation.id;
  INSERT INTO letters (id, conversation_id, seq, platform, task_id, saying, state, next_at, sent_at, created_at)
  VALUES (letter, the_conversation.id, the_conversation.letters + 1, the_conversation.platform, task, words,
    CASE WHEN read_here THEN 'sent' ELSE 'planned' END, at, CASE WHEN read_here THEN at END, at);
  PERFORM pg_notify('impacter', 'intake:' || the_conversation.team_id);
  RETURN true;
END $$;

-- Forgets the text of removed requests whose tasks are over, and says how many.
CREATE FUNCTION "forget_removed"(at timestamptz, most int) RETURNS int LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  ids uuid[];
BEGIN
  WITH ended AS (
    SELECT t.id FROM tasks t WHERE t.forget_at IS NOT NULL AND t.status IN ('completed', 'failed', 'canceled') ORDER BY t.forget_at, t.id LIMIT most FOR NO KEY UPDATE SKIP LOCKED
  ), forgotten AS (
    UPDATE tasks t SET request_text = '', because = 'read as ' || t.type, failure = t.failure - 'lost', forget_at = NULL FROM ended o WHERE t.id = o.id RETURNING t.id
  )
  SELECT coalesce(array_agg(f.id), '{}') INTO ids FROM forgotten f;
  -- Upkeep removes their content.
  UPDATE files f SET expires_at = least(f.expires_at, forget_removed.at), name = 'attachment' WHERE f.task_id = ANY (ids) AND f.role = 'input';
  UPDATE waiting_inputs w SET name = 'attachment' WHERE w.task_id = ANY (ids);
  UPDATE letters l SET saying = l.saying - 'lost' WHERE l.task_id = ANY (ids) AND l.saying ? 'lost';
  UPDATE letters l SET saying = l.saying || jsonb_build_object('because', 'read as ' || (l.saying ->> 'type')) WHERE l.task_id = ANY (ids) AND l.saying ? 'because';
  UPDATE task_events e SET data = e.data || jsonb_build_object('because', 'read as ' || (e.data ->> 'type')) WHERE e.task_id = ANY (ids) AND e.data ? 'because';
  RETURN cardinality(ids);
END $$;
