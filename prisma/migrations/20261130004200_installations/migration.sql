-- What chat platforms need of the core: installations with their tokens, places, handles for late replies, leases, and caps
-- on what is spent from a workspace.

-- Where a platform's app is installed, linked to a team or not: a team pays in a workspace (`workspaces`), and whether the app
-- is there at all stands here. Unlinking a team leaves the installation.
CREATE TABLE "installations" (
  "id" UUID NOT NULL,
  "platform" TEXT NOT NULL,
  -- The Slack workspace (or organization) or Discord server.
  "external_id" TEXT NOT NULL,
  "enterprise_id" TEXT,
  "name" TEXT NOT NULL,
  "bot_user_id" TEXT,
  "scopes" TEXT[] NOT NULL DEFAULT '{}',
  -- Sealed with ENCRYPTION_KEY; null once the app was removed there.
  "tokens" BYTEA,
  -- Which key sealed them.
  "key_id" TEXT,
  "tokens_expire_at" TIMESTAMPTZ(3),
  -- Grows with each change of tokens, so that whoever wants to rotate them sees that somebody else did.
  "version" BIGINT NOT NULL DEFAULT 1,
  "installed_at" TIMESTAMPTZ(3) NOT NULL,
  -- The platform's id of the person.
  "installed_by" TEXT,
  "uninstalled_at" TIMESTAMPTZ(3),
  CONSTRAINT "installations_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "installations_sealed" CHECK (("tokens" IS NULL) = ("key_id" IS NULL)),
  CONSTRAINT "installations_gone" CHECK ("uninstalled_at" IS NULL OR "tokens" IS NULL)
);
CREATE UNIQUE INDEX "installations_platform_external_id_key" ON "installations"("platform", "external_id");
CREATE INDEX "installations_expiring" ON "installations" ("platform", "tokens_expire_at") WHERE "tokens" IS NOT NULL;

-- Guests and people of other companies who are in a workspace may not spend unless its team lets them.
ALTER TABLE "workspaces" ADD COLUMN "guests_may_ask" BOOLEAN NOT NULL DEFAULT false;

-- Channels, threads and direct messages as people know them, and their rules.
CREATE TABLE "places" (
  -- `slack:T1:C9`, as `tasks.channel` has it; a thread has its own part behind that.
  "ref" TEXT NOT NULL,
  "platform" TEXT NOT NULL,
  -- The external id of the workspace; empty for a direct message where a platform has those outside of workspaces.
  "workspace" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "name" TEXT,
  "private" BOOLEAN NOT NULL DEFAULT false,
  -- What the bot answers: what mentions it, also what follows in a thread where it works, or everything.
  "answers" TEXT NOT NULL DEFAULT 'mention',
  "muted" BOOLEAN NOT NULL DEFAULT false,
  -- null: as in its workspace.
  "guests_may_ask" BOOLEAN,
  -- Whoever has one of these roles may ask; empty: everybody.
  "roles" TEXT[] NOT NULL DEFAULT '{}',
  "changed_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "places_pkey" PRIMARY KEY ("ref"),
  CONSTRAINT "places_kind" CHECK ("kind" IN ('channel', 'thread', 'direct')),
  CONSTRAINT "places_answers" CHECK ("answers" IN ('mention', 'thread', 'always'))
);
CREATE INDEX "places_platform_workspace_idx" ON "places"("platform", "workspace");

-- What a platform gives to answer a person later and only to them; it works for minutes.
CREATE TABLE "reply_handles" (
  -- A conversation, or the key of an ask.
  "key" TEXT NOT NULL,
  "handle" BYTEA NOT NULL,
  "key_id" TEXT NOT NULL,
  -- How often it may still be used.
  "uses" INTEGER NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "reply_handles_pkey" PRIMARY KEY ("key"),
  CONSTRAINT "reply_handles_uses" CHECK ("uses" >= 0)
);
CREATE INDEX "reply_handles_expires_at_idx" ON "reply_handles"("expires_at");

-- Who alone does something now, among all processes. `fence` grows with each new holder, so that an earlier one, who may not
-- know yet that its time is over, cannot write.
CREATE TABLE "leases" (
  "name" TEXT NOT NULL,
  "holder" TEXT NOT NULL,
  "until" TIMESTAMPTZ(3) NOT NULL,
  "fence" BIGINT NOT NULL,
  -- What the next holder goes on from.
  "state" JSONB NOT NULL DEFAULT '{}',
  CONSTRAINT "leases_pkey" PRIMARY KEY ("name")
);

-- Limits of a workspace ---------------------------------------------------------------------------------------

-- Two more kinds, whose subject is a workspace (`slack:T1`): `workspace` is what may be spent from all of its channels, and
-- `workspace-person` what each person may spend from them. The latter is one limit and counted for each person apart.
ALTER TABLE "limits" DROP CONSTRAINT "limits_kind";
ALTER TABLE "limits" ADD CONSTRAINT "limits_kind"
  CHECK (kind IN ('team', 'member', 'channel', 'workspace', 'workspace-person') AND (kind = 'team') = (subject = ''));

-- The person's chat account in the workspace, else the member; empty for limits that count everybody together.
ALTER TABLE "hold_limits" ADD COLUMN "person" TEXT NOT NULL DEFAULT '';
ALTER TABLE "limit_uses" ADD COLUMN "person" TEXT NOT NULL DEFAULT '';
ALTER TABLE "limit_uses" DROP CONSTRAINT "limit_uses_pkey";
ALTER TABLE "limit_uses" ADD CONSTRAINT "limit_uses_pkey" PRIMARY KEY ("limit_id", "starts_at", "person");
ALTER TYPE limit_room ADD ATTRIBUTE person text;

-- As before (see the ledger's migration), by person.
CREATE OR REPLACE FUNCTION count_hold_limits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO limit_uses AS u (limit_id, starts_at, person, held, used)
  SELECT c.limit_id, c.starts_at, c.person, sum((SELECT h.credits FROM holds h WHERE h.id = c.hold_id)), 0 FROM counted c
  GROUP BY c.limit_id, c.starts_at, c.person ORDER BY c.limit_id, c.person
  ON CONFLICT (limit_id, starts_at, person) DO UPDATE SET held = u.held + EXCLUDED.held;
  IF EXISTS (
    SELECT FROM counted c WHERE (
      SELECT u.held + u.used <= (SELECT l.credits FROM limits l WHERE l.id = u.limit_id)
      FROM limit_uses u WHERE u.limit_id = c.limit_id AND u.starts_at = c.starts_at AND u.person = c.person
    ) IS NOT TRUE
  ) THEN
    RAISE EXCEPTION 'a hold goes beyond a limit' USING ERRCODE = 'check_violation', CONSTRAINT = 'limits_keep';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION use_limits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  c hold_limits;
BEGIN
  FOR c IN SELECT * FROM hold_limits WHERE hold_id = NEW.id LOOP
    UPDATE limit_uses SET held = held - NEW.credits, used = used + NEW.charged
    WHERE limit_id = c.limit_id AND starts_at = c.starts_at AND person = c.person;
  END LOOP;
  RETURN NULL;
END $$;

-- The limits that a hold counts against, the one with the least room first. `keys` and `counted` are what the same batch took
-- already: a limit and a person, and how much. A member's limit goes with the person on every platform, as before. A person in a
-- workspace is known by their chat account there, whether it is linked or not, so that neither linking nor unlinking is a way
-- out; who has several there counts with all of them.
DROP FUNCTION ledger_room(uuid, text, text, timestamptz, uuid[], bigint[]);
CREATE FUNCTION ledger_room(wallet uuid, member text, channel text, at timestamptz, keys text[], counted bigint[])
RETURNS limit_room[] LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  chat text := split_part(channel, ':', 1);
  place text := split_part(channel, ':', 2);
  names text[] := ARRAY[member];
  persons text[] := ARRAY[coalesce(member, '')];
BEGIN
  IF member ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' THEN
    SELECT names || array_agg(i.id::text),
      coalesce(array_agg(i.id::text ORDER BY i.space IN ('', place) DESC, i.id) FILTER (WHERE i.platform = chat), '{}') || persons
    INTO names, persons FROM identities i WHERE i.user_id = member::uuid;
  END IF;
  RETURN ARRAY(
    SELECT (r.id, r.kind, r.credits, r.period, r.starts_at, r.resets_at, r.free, r.who[1])::limit_room
    FROM (
      SELECT p.*, (p.starts_at AT TIME ZONE p.time_zone + p.length) AT TIME ZONE p.time_zone AS resets_at,
        p.credits - coalesce((
            SELECT sum(u.held + u.used)::bigint FROM limit_uses u WHERE u.limit_id = p.id AND u.starts_at = p.starts_at AND u.person = ANY (p.who)
          ), 0) - coalesce((
            SELECT sum(c.credits)::bigint FROM unnest(keys, counted) AS c (key, credits)
            WHERE c.key = ANY (ARRAY(SELECT p.id || ' ' || w.id FROM unnest(p.who) AS w (id)))
          ), 0) AS free
      FROM (
        SELECT x.*,
          CASE x.kind WHEN 'workspace-person' THEN persons ELSE ARRAY[''] END AS who,
          CASE x.period WHEN 'total' THEN 'epoch' ELSE date_trunc(x.period, at, x.time_zone) END AS starts_at,
          CASE x.period WHEN 'total' THEN NULL ELSE ('1 ' || x.period)::interval END AS length
        FROM limits x
        WHERE x.wallet_id = wallet AND x.removed_at IS NULL AND CASE x.kind
          WHEN 'team' THEN true
          WHEN 'member' THEN x.subject = ANY (names)
          WHEN 'channel' THEN x.subject = channel
          ELSE place <> '' AND x.subject = chat || ':' || place
        END
      ) p
    ) r ORDER BY r.free, r.kind, r.period
  );
END $$;

-- As before (see the ledger's migration), counting limits by person.
CREATE OR REPLACE FUNCTION ledger_hold(requests jsonb, at timestamptz)
RETURNS TABLE (n int, outcome text, hold_id uuid, wallet_id uuid, balance bigint, held bigint, available bigint, debt bigint, refused jsonb)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  given hold_request[];
  ids uuid[];
  request record;
  -- The wallets in the order of their ids, as they stand while we walk through the requests, and where we are in them.
  wallet_ids uuid[]; seqs bigint[]; balances bigint[]; helds bigint[]; debts bigint[];
  w int := 1;
  -- Their free lots in the order of wallets and spending, and where we are in them.
  lot_wallets uuid[]; lot_ids uuid[]; lot_free bigint[];
  l int := 1;
  expired boolean;
  -- How much was pinned of which lot, and counted against which limit of which person.
  pinned_ids uuid[] := '{}'; pins bigint[] := '{}';
  limited boolean;
  limit_keys text[] := '{}'; counted bigint[] := '{}';
  rooms limit_room[] := '{}';
  room limit_room;
  new_counts hold_limits[] := '{}';
  line hold_line;
  lines hold_line[] := '{}'; line_ids uuid[] := '{}'; line_tasks uuid[] := '{}';
  need bigint;
  take bigint;
  i int;
BEGIN
  SELECT array_agg(r), array_agg(DISTINCT r.wallet) INTO given, ids FROM jsonb_populate_recordset(NULL::hold_request, requests) r;
  LOOP
    SELECT array_agg(x.id), array_agg(x.seq), array_agg(x.balance), array_agg(x.held), array_agg(x.debt)
    INTO wallet_ids, seqs, balances, helds, debts
    FROM (SELECT * FROM wallets x WHERE x.id = ANY (ids) ORDER BY x.id FOR NO KEY UPDATE) x;
    SELECT array_agg(x.wallet_id), array_agg(x.id), array_agg(x.free), bool_or(x.expired)
    INTO lot_wallets, lot_ids, lot_free, expired
    FROM (
      SELECT x.wallet_id, x.id, x.remaining - x.pinned AS free, x.expires_at <= ledger_hold.at AS expired
      FROM lots x WHERE x.wallet_id = ANY (ids) AND NOT x.spent AND x.remaining > x.pinned
      ORDER BY x.wallet_id, x.priority, x.expires_at NULLS LAST, x.id
    ) x;
    EXIT WHEN expired IS NOT TRUE;
    PERFORM ledger_expire_due(ids, at);
  END LOOP;
  limited := EXISTS (SELECT FROM limits x WHERE x.wallet_id = ANY (ids) AND x.removed_at IS NULL);

  FOR request IN
    SELECT r.*, coalesce(
      (SELECT CASE WHEN (h.wallet_id, h.task_id, h.credits) = (r.wallet, r.task, r.credits) THEN 'repeated' ELSE 'conflict' END
        FROM holds h WHERE h.id = r.hold),
      (SELECT CASE WHEN bool_or(t.wallet_id <> r.wallet) THEN 'conflict' WHEN bool_or(t.hold_id IS NULL) THEN 'closed' END
        FROM transactions t WHERE t.task_id = r.task)
    ) AS before
    FROM unnest(given) r ORDER BY r.wallet, r.n
  LOOP
    IF (request.credits > 0) IS NOT TRUE THEN
      RAISE EXCEPTION 'a hold is more than nothing' USING ERRCODE = 'check_violation', CONSTRAINT = 'holds_credits';
    END IF;
    n := request.n; hold_id := request.hold; wallet_id := request.wallet; refused := NULL;
    WHILE wallet_ids[w] < request.wallet LOOP w := w + 1; END LOOP;
    IF (wallet_ids[w] = request.wallet) IS NOT TRUE THEN
      outcome := 'unknown'; balance := NULL; held := NULL; available := NULL; debt := NULL;
      RETURN NEXT;
      CONTINUE;
    END IF;
    balance := balances[w]; held := helds[w]; debt := debts[w]; available := balance - held;

    outcome := request.before;
    i := array_position(line_ids, request.hold); -- the same hold twice in this batch
    IF i IS NOT NULL THEN
      line := lines[i];
      outcome := CASE
        WHEN (line.wallet_id, line.task_id, line.credits) = (request.wallet, request.task, request.credits) THEN 'repeated' ELSE 'conflict'
      END;
    END IF;
    i := array_position(line_tasks, request.task); -- the same task in another wallet
    IF i IS NOT NULL AND (lines[i]).wallet_id <> request.wallet THEN outcome := 'conflict'; END IF;

    IF outcome IS NULL AND limited THEN
      rooms := ledger_room(request.wallet, request.member, request.channel, at, limit_keys, counted);
      room := rooms[1];
      IF room."left" < request.credits THEN
        outcome := 'limit';
        refused := jsonb_build_object('code', 'limit.reached', 'facts', jsonb_build_object(
          'whose', room.kind, 'need', request.credits::text, 'left', greatest(room."left", 0)::text, 'limit', room.credits::text,
          'limitId', room.limit_id, 'period', room.period,
          'resetsAt', to_char(room.resets_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')));
      END IF;
    END IF;
    IF outcome IS NULL AND available < request.credits THEN
      outcome := 'short';
      refused := jsonb_build_object('code', 'credits.short', 'facts', jsonb_build_object('need', request.credits::text, 'have', available::text));
    END IF;

    IF outcome IS NULL THEN
      outcome := 'held'; held := held + request.credits; available := available - request.credits;
      seqs[w] := seqs[w] + 1; helds[w] := held;
      line := (request.hold, request.wallet, request.task, seqs[w], request.credits, '{}'::uuid[], '{}'::bigint[], balance, held,
        cardinality(rooms) > 0, request.actor);
      WHILE lot_wallets[l] < request.wallet LOOP l := l + 1; END LOOP;
      need := request.credits;
      WHILE need > 0 LOOP
        IF lot_free[l] = 0 THEN l := l + 1; END IF;
        take := least(need, lot_free[l]);
        need := need - take;
        lot_free[l] := lot_free[l] - take;
        line.lots := line.lots || lot_ids[l]; line.lot_credits := line.lot_credits || take;
        i := coalesce(array_position(pinned_ids, lot_ids[l]), cardinality(pinned_ids) + 1);
        pinned_ids[i] := lot_ids[l]; pins[i] := coalesce(pins[i], 0) + take;
      END LOOP;
      lines := lines || line; line_ids := line_ids || request.hold; line_tasks := line_tasks || request.task;
      IF limited THEN
        FOREACH room IN ARRAY rooms LOOP
          i := coalesce(array_position(limit_keys, room.limit_id || ' ' || room.person), cardinality(limit_keys) + 1);
          limit_keys[i] := room.limit_id || ' ' || room.person; counted[i] := coalesce(counted[i], 0) + request.credits;
          new_counts := new_counts || (request.hold, room.limit_id, room.starts_at, room.person)::hold_limits;
        END LOOP;
      END IF;
    END IF;
    RETURN NEXT;
  END LOOP;
  IF lines = '{}' THEN RETURN; END IF;

  WITH moved AS (
    UPDATE wallets x SET seq = seqs[array_position(wallet_ids, x.id)], held = helds[array_position(wallet_ids, x.id)]
    WHERE x.id = ANY (wallet_ids) AND x.seq < seqs[array_position(wallet_ids, x.id)]
  ), pinning AS (
    UPDATE lots x SET pinned = x.pinned + pins[array_position(pinned_ids, x.id)] WHERE x.id = ANY (pinned_ids)
  ), opened AS (
    INSERT INTO holds (id, wallet_id, task_id, seq, credits, lots, lot_credits, limited, opened_at)
    SELECT x.id, x.wallet_id, x.task_id, x.seq, x.credits, x.lots, x.lot_credits, x.limited, ledger_hold.at FROM unnest(lines) x
  )
  INSERT INTO transactions (wallet_id, seq, type, held_change, balance, held, debt, task_id, hold_id, actor, at)
  SELECT x.wallet_id, x.seq, 'hold', x.credits, x.balance, x.held, 0, x.task_id, x.id, x.actor, ledger_hold.at FROM unnest(lines) x;
  IF limited THEN INSERT INTO hold_limits SELECT * FROM unnest(new_counts); END IF;
END $$;
