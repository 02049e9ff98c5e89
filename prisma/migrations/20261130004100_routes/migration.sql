-- Routes: a channel gets its posts one at a time and in order. A channel that is limited waits alone, and one that takes no
-- posts any more is not asked again for each letter. Echoes of our own posts confirm letters.

-- AlterTable
ALTER TABLE "letters" ADD COLUMN "failures" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "last_tried_at" TIMESTAMPTZ(3),
ADD COLUMN "leased_until" TIMESTAMPTZ(3),
ADD COLUMN "route" TEXT NOT NULL DEFAULT '';

-- CreateTable
CREATE TABLE "routes" (
    "route" TEXT NOT NULL,
    "platform" TEXT NOT NULL,
    "paused_until" TIMESTAMPTZ(3),
    "broken_why" TEXT,
    "broken_at" TIMESTAMPTZ(3),

    CONSTRAINT "routes_pkey" PRIMARY KEY ("route")
);

-- What Prisma cannot say ---------------------------------------------------------------------------------------

ALTER TABLE "routes" ADD CONSTRAINT "routes_broken_whole" CHECK (("broken_why" IS NULL) = ("broken_at" IS NULL));

-- A thread ref without its last part: `slack:T1:C9:171.3` is in `slack:T1:C9`.
CREATE FUNCTION "route_of"(address text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(address, ':[^:]*$', '');

-- Letters are written in many places, also by the version before. One that is read from us is sent when it is written.
CREATE FUNCTION "letters_route"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.route := coalesce((SELECT route_of(c.address) FROM conversations c WHERE c.id = NEW.conversation_id), '');
  RETURN NEW;
END $$;
CREATE TRIGGER "letters_route" BEFORE INSERT ON "letters" FOR EACH ROW WHEN (NEW.state <> 'sent') EXECUTE FUNCTION "letters_route"();

UPDATE "letters" l SET "route" = route_of(c."address") FROM "conversations" c WHERE c."id" = l."conversation_id" AND l."state" <> 'sent';

-- The version before takes a letter without saying when it posts, so after that nobody knows when the last try was.
CREATE FUNCTION "letters_last_try"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.last_tried_at := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER "letters_last_try" BEFORE UPDATE OF "tries" ON "letters"
  FOR EACH ROW WHEN (NEW.tries > OLD.tries AND NEW.leased_until IS NOT DISTINCT FROM OLD.leased_until) EXECUTE FUNCTION "letters_last_try"();

-- Which letters are due on a platform, in order.
DROP INDEX "letters_due";
CREATE INDEX "letters_due" ON "letters" ("platform", "next_at") WHERE "state" IN ('planned', 'sending', 'unknown');
-- From channel to channel, however many letters wait in each.
CREATE INDEX "letters_by_route" ON "letters" ("platform", "route", "next_at") WHERE "state" IN ('planned', 'sending', 'unknown');
-- Few: those that a process has in hand.
CREATE INDEX "letters_in_hand" ON "letters" ("route", "leased_until") WHERE "state" IN ('sending', 'unknown') AND "leased_until" IS NOT NULL;

-- Nobody posts there now, and the platform did not ask us to wait.
CREATE FUNCTION "route_is_free"(of_route text, at timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE SET plan_cache_mode = 'force_generic_plan' AS $$
BEGIN
  RETURN NOT EXISTS (SELECT FROM routes r WHERE r.route = of_route AND r.paused_until > route_is_free.at)
    AND NOT EXISTS (
      SELECT FROM letters b WHERE b.route = of_route AND b.leased_until > route_is_free.at AND b.state IN ('sending', 'unknown') AND b.leased_until IS NOT NULL);
END $$;

-- Takes letters that are due on a platform, at most one of each channel and none of a channel that is paused or busy: the
-- one that is due longest and has no earlier one of its conversation before it.
--
-- `broken_why`: the channel takes no posts, and nobody has asked for this letter since that was found; it ends without a
-- call. `was_broken`: it was found to take no posts, and this letter is to show whether it does again.
--
-- It looks at the letters that are due longest. Where all of these wait for something, as when very many of one channel do,
-- it goes on from channel to channel, after `walk_after`, which is where the last walk ended (`walked_to`, in a row without
-- a letter): how long it takes depends neither on how many letters wait in one channel nor on how many channels there are.
CREATE FUNCTION "claim_letters"(of_platform text, lease interval, most int, walk_after text, at timestamptz)
RETURNS TABLE (
  letter_id uuid, conversation_id uuid, seq int, part int, platform text, task_id uuid, saying jsonb, tries int, failures int, trouble text,
  thread_ref text, address text, route text, wanted_at timestamptz, due_at timestamptz, lease_until timestamptz, attempted_at timestamptz,
  last_tried_at timestamptz, must_look boolean, may_repeat boolean, broken_why text, was_broken boolean, walked_to text
)
-- Sequential scans are off because a plan that was made while the table was small is kept.
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  look_at CONSTANT int := 200;
  walk_past CONSTANT int := 500;
  looked int := 0;
  walked int := 0;
  here text := walk_after;
  is_around boolean := walk_after = '';
  closed text[] := '{}';
  taken uuid[] := '{}';
  head uuid;
  d record;
BEGIN
  -- One process takes letters at a time, or two could take two of one channel. It is a moment.
  PERFORM pg_advisory_xact_lock(hashtextextended('impacter letters ' || of_platform, 0));

  FOR d IN
    SELECT l.id, l.conversation_id, l.seq, l.part, l.route FROM letters l
    WHERE l.state IN ('planned', 'sending', 'unknown') AND l.platform = of_platform AND l.next_at <= claim_letters.at
    ORDER BY l.next_at LIMIT look_at
  LOOP
    looked := looked + 1;
    CONTINUE WHEN d.route = ANY (closed);
    SELECT l.id INTO head FROM letters l
    WHERE l.id = d.id AND l.state IN ('planned', 'sending', 'unknown') AND l.next_at <= claim_letters.at
      AND NOT EXISTS (
        SELECT FROM letters e WHERE e.conversation_id = d.conversation_id AND (e.seq, e.part) < (d.seq, d.part)
          AND e.state IN ('planned', 'sending', 'unknown') OFFSET 0)
      AND NOT EXISTS (SELECT FROM routes r WHERE r.route = d.route AND r.paused_until > claim_letters.at OFFSET 0)
      AND NOT EXISTS (
        SELECT FROM letters b WHERE b.route = d.route AND b.leased_until > claim_letters.at AND b.state IN ('sending', 'unknown')
          AND b.leased_until IS NOT NULL OFFSET 0)
    FOR NO KEY UPDATE SKIP LOCKED;
    IF head IS NOT NULL THEN
      taken := taken || head;
      closed := closed || d.route;
      EXIT WHEN cardinality(taken) = most;
    ELSIF NOT route_is_free(d.route, claim_letters.at) THEN
      closed := closed || d.route;
    END IF;
  END LOOP;

  IF looked = look_at AND cardinality(taken) < most THEN
    WHILE walked < walk_past AND cardinality(taken) < most LOOP
      SELECT l.route INTO here FROM letters l
      WHERE l.state IN ('planned', 'sending', 'unknown') AND l.platform = of_platform AND l.route > here ORDER BY l.route LIMIT 1;
      EXIT WHEN here IS NULL AND is_around;
      IF here IS NULL THEN -- from the first one on
        here := '';
        is_around := true;
        CONTINUE;
      END IF;
      EXIT WHEN is_around AND walk_after <> '' AND here > walk_after; -- all of them
      walked := walked + 1;
      CONTINUE WHEN here = ANY (closed) OR NOT route_is_free(here, claim_letters.at);
      SELECT l.id INTO head FROM letters l
      WHERE l.state IN ('planned', 'sending', 'unknown') AND l.platform = of_platform AND l.route = here AND l.next_at <= claim_letters.at AND NOT EXISTS (
        SELECT FROM letters e WHERE e.conversation_id = l.conversation_id AND (e.seq, e.part) < (l.seq, l.part)
          AND e.state IN ('planned', 'sending', 'unknown') OFFSET 0)
      ORDER BY l.next_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
      CONTINUE WHEN head IS NULL;
      taken := taken || head;
      closed := closed || here;
    END LOOP;
    walked_to := coalesce(here, '');
    RETURN NEXT;
  END IF;

  RETURN QUERY
  UPDATE letters l SET state = CASE WHEN l.state = 'planned' THEN 'sending' ELSE 'unknown' END, tries = l.tries + 1, may_repeat = false,
    attempted_at = coalesce(l.attempted_at, claim_letters.at),
    -- Whoever looks first says itself when it posts (`trying` in core/store/messages/letters.ts).
    last_tried_at = CASE WHEN l.state = 'planned' THEN claim_letters.at ELSE l.last_tried_at END,
    leased_until = claim_letters.at + lease, next_at = claim_letters.at + lease
  FROM conversations c WHERE l.id = ANY (taken) AND c.id = l.conversation_id
  RETURNING l.id, l.conversation_id, l.seq, l.part, l.platform, l.task_id, l.saying, l.tries, l.failures, l.trouble,
    c.thread_ref, c.address, l.route, coalesce(l.again_at, l.created_at), old.next_at, l.leased_until, old.attempted_at,
    old.last_tried_at, old.state <> 'planned', old.may_repeat,
    (SELECT r.broken_why FROM routes r WHERE r.route = l.route
       AND r.broken_at >= coalesce(l.again_at, (SELECT t.created_at FROM tasks t WHERE t.id = l.task_id), l.created_at)),
    EXISTS (SELECT FROM routes r WHERE r.route = l.route AND r.broken_at IS NOT NULL), NULL::text;
END $$;

-- As before, except: whoever confirms a letter at the same time (the process that posted it, and the echo of the post) waits
-- for its row, and finds it sent.
CREATE OR REPLACE FUNCTION "letter_sent"(letter uuid, message_ref text, root text, at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  l letters;
BEGIN
  IF root IS NOT NULL THEN
    PERFORM 1 FROM conversations c WHERE c.id = (SELECT x.conversation_id FROM letters x WHERE x.id = letter) FOR NO KEY UPDATE;
  END IF;
  SELECT * INTO l FROM letters WHERE id = letter AND state <> 'sent' FOR NO KEY UPDATE;
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

-- The platform told us of a post with this letter's key: so it is there, whatever the process thinks that has the letter in
-- hand, and also where it was given up. `confirmed`: this is its post. `double`: it has another one. `unknown`: there is no
-- such letter. `root` counts where the conversation has no thread yet and will be in that channel.
CREATE FUNCTION "letter_heard"(letter uuid, message_ref text, root text, at timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  l letters;
  c conversations;
BEGIN
  -- Nearly always the process that posted it was quicker. What is sent stays so.
  SELECT * INTO l FROM letters WHERE id = letter;
  IF NOT FOUND THEN RETURN 'unknown'; END IF;
  IF l.state <> 'sent' THEN
    SELECT * INTO c FROM conversations WHERE id = l.conversation_id FOR NO KEY UPDATE;
    SELECT * INTO l FROM letters WHERE id = letter FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 'unknown'; END IF;
  END IF;
  IF l.state = 'sent' THEN
    -- One that people read from us has no post.
    RETURN CASE WHEN l.message_ref IS NULL THEN 'unknown' WHEN l.message_ref = letter_heard.message_ref THEN 'confirmed' ELSE 'double' END;
  END IF;

  PERFORM letter_sent(letter, letter_heard.message_ref, CASE WHEN c.thread_ref IS NULL AND route_of(root) = route_of(c.address) THEN root END, letter_heard.at);
  DELETE FROM dead_letters d WHERE d.letter_id = letter;
  PERFORM pg_notify('impacter', 'letter'), pg_notify('impacter', 'events:' || c.team_id);
  RETURN 'confirmed';
END $$;
