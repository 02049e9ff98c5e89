-- The ledger: wallets, lots, holds, limits and the journal, and the only functions that move credits.
--
-- What can't happen, and what sees to it:
--   spending what is not there              wallets_no_overdraft, lots_remaining, lots_pinned
--   a balance that no journal line tells    wallets_head
--   a gap or a forged line in the journal   transactions_chain, transactions_append_only
--   a task settled twice                    transactions_one_close_per_task, holds_close_once
--   a charge above what was held            holds_charged
--   credits outside of lots                 lots_add_up
--   a payment bought twice, or taken back   transactions_one_purchase_per_payment,
--   for more than it bought                 transactions_payment
--   a limit passed, or its count edited     limits_keep, limit_uses_are_derived
-- The owner of the tables can switch all of this off; `npm run ledger:verify` finds what was changed then.
--
-- Amounts are micro-credits. `at` is the time of the event and always comes from the caller. Whoever moves credits locks
-- the wallets first, in the order of their ids, so nobody waits in a circle.
--
-- ledger_hold and ledger_close run for every task, so they take many requests at once: they load what they need into
-- arrays, walk through the requests wallet by wallet, and write each table once, all in one statement. Rows are looked up
-- by key, in sub-selects and with `= ANY (array)` rather than by joins: a plan made while a table was small stays right.

-- Tables -----------------------------------------------------------------------------------------------------

-- Where the credits of a team are. Everything that moves them waits for this row, so it has room to change in place.
CREATE TABLE wallets (
  id uuid NOT NULL,
  team_id uuid NOT NULL,
  balance bigint NOT NULL DEFAULT 0,
  held bigint NOT NULL DEFAULT 0,
  debt bigint NOT NULL DEFAULT 0,
  -- The last line of its journal.
  seq bigint NOT NULL DEFAULT 0,
  CONSTRAINT wallets_pkey PRIMARY KEY (id),
  CONSTRAINT wallets_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT wallets_no_overdraft CHECK (held BETWEEN 0 AND balance),
  -- Who owes has nothing free: what comes in or comes back pays the debt first.
  CONSTRAINT wallets_debt_first CHECK (debt >= 0 AND (debt = 0 OR held = balance))
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX wallets_team_id_key ON wallets (team_id);

-- Credits bought or granted together. They are spent in the order of priority, expiry and id.
CREATE TABLE lots (
  id uuid NOT NULL,
  wallet_id uuid NOT NULL,
  source text NOT NULL,
  priority int NOT NULL,
  credits bigint NOT NULL,
  remaining bigint NOT NULL DEFAULT 0,
  -- The part of it that open holds stand on. It neither expires nor is clawed back before they give it back.
  pinned bigint NOT NULL DEFAULT 0,
  payment_id text,
  expires_at timestamptz(3),
  created_at timestamptz(3) NOT NULL,
  -- For the indexes: unlike `remaining` it changes once, so other updates need no new index entries.
  spent boolean NOT NULL DEFAULT true,
  CONSTRAINT lots_pkey PRIMARY KEY (id),
  CONSTRAINT lots_wallet_id_fkey FOREIGN KEY (wallet_id) REFERENCES wallets (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT lots_remaining CHECK (remaining <= credits),
  CONSTRAINT lots_pinned CHECK (pinned BETWEEN 0 AND remaining),
  CONSTRAINT lots_spent CHECK (spent = (remaining = 0))
) WITH (fillfactor = 50);
CREATE INDEX lots_unspent ON lots (wallet_id) WHERE NOT spent;
CREATE INDEX lots_expiring ON lots (expires_at) WHERE NOT spent;

-- The journal. A line says what changed, and what stood there afterwards.
CREATE TABLE transactions (
  wallet_id uuid NOT NULL,
  seq bigint NOT NULL,
  type text NOT NULL,
  credits bigint NOT NULL DEFAULT 0,
  held_change bigint NOT NULL DEFAULT 0,
  debt_change bigint NOT NULL DEFAULT 0,
  balance bigint NOT NULL,
  held bigint NOT NULL,
  debt bigint NOT NULL,
  -- What a task would have cost above what was held for it. Nobody pays that.
  overrun bigint NOT NULL DEFAULT 0,
  task_id uuid,
  hold_id uuid,
  -- What each lot got or gave.
  lots uuid[] NOT NULL DEFAULT '{}',
  lot_credits bigint[] NOT NULL DEFAULT '{}',
  -- The idempotency key of a credit or clawback.
  key text,
  payment_id text,
  -- Money that moved outside, in minor units.
  amount bigint,
  currency text,
  actor text,
  note text,
  facts jsonb,
  at timestamptz(3) NOT NULL,
  CONSTRAINT transactions_pkey PRIMARY KEY (wallet_id, seq)
);
-- A close names no hold, and here one missing id is like another.
CREATE UNIQUE INDEX transactions_one_close_per_task ON transactions (task_id, hold_id) NULLS NOT DISTINCT WHERE task_id IS NOT NULL;
CREATE UNIQUE INDEX transactions_key ON transactions (key) WHERE key IS NOT NULL;
CREATE UNIQUE INDEX transactions_one_purchase_per_payment ON transactions (payment_id) WHERE type = 'purchase';
CREATE INDEX transactions_payment_id ON transactions (payment_id) WHERE payment_id IS NOT NULL;

-- Credits set aside for a task, and the lots they stand on. Closed once `closed_seq` says which line of the journal did it.
-- No foreign key to tasks: the two are written in one transaction, a look-up would slow every hold down, and a hold whose
-- task is gone has an end of its own (ledger_expire_holds).
CREATE TABLE holds (
  id uuid NOT NULL,
  wallet_id uuid NOT NULL,
  task_id uuid NOT NULL,
  seq bigint NOT NULL,
  credits bigint NOT NULL,
  lots uuid[] NOT NULL,
  lot_credits bigint[] NOT NULL,
  -- It counts against limits, which stand in hold_limits.
  limited boolean NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  charged bigint,
  closed_seq bigint,
  closed_at timestamptz(3),
  CONSTRAINT holds_pkey PRIMARY KEY (id),
  CONSTRAINT holds_credits CHECK (credits > 0),
  CONSTRAINT holds_charged CHECK (charged BETWEEN 0 AND credits),
  CONSTRAINT holds_closed CHECK ((closed_seq IS NULL) = (charged IS NULL) AND (closed_seq IS NULL) = (closed_at IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX holds_open ON holds (task_id) WHERE closed_seq IS NULL;

-- What may be spent in a period by the team, by a member or in a channel. Only the amount can be changed; for another
-- period or time zone, remove the limit and set a new one.
CREATE TABLE limits (
  id uuid NOT NULL,
  wallet_id uuid NOT NULL,
  kind text NOT NULL,
  -- The member's or channel's id; empty for the team.
  subject text NOT NULL DEFAULT '',
  credits bigint NOT NULL,
  period text NOT NULL,
  time_zone text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  removed_at timestamptz(3),
  CONSTRAINT limits_pkey PRIMARY KEY (id),
  CONSTRAINT limits_wallet_id_fkey FOREIGN KEY (wallet_id) REFERENCES wallets (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT limits_credits CHECK (credits >= 0),
  CONSTRAINT limits_kind CHECK (kind IN ('team', 'member', 'channel') AND (kind = 'team') = (subject = '')),
  CONSTRAINT limits_period CHECK (period IN ('day', 'week', 'month', 'total')),
  -- An unknown zone is an error here rather than at the next task.
  CONSTRAINT limits_time_zone CHECK (timestamptz 'epoch' AT TIME ZONE time_zone IS NOT NULL)
);
CREATE UNIQUE INDEX limits_one_per_period ON limits (wallet_id, subject, kind, period) WHERE removed_at IS NULL;

-- The limits that a hold counts against, and in which period: a settlement after midnight lands in the day of its hold.
CREATE TABLE hold_limits (
  hold_id uuid NOT NULL,
  limit_id uuid NOT NULL,
  starts_at timestamptz(3) NOT NULL,
  CONSTRAINT hold_limits_pkey PRIMARY KEY (hold_id, limit_id),
  CONSTRAINT hold_limits_hold_id_fkey FOREIGN KEY (hold_id) REFERENCES holds (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT hold_limits_limit_id_fkey FOREIGN KEY (limit_id) REFERENCES limits (id) ON DELETE RESTRICT ON UPDATE CASCADE
);

-- What those holds add up to. Only the triggers of holds and hold_limits write it.
CREATE TABLE limit_uses (
  limit_id uuid NOT NULL,
  starts_at timestamptz(3) NOT NULL,
  held bigint NOT NULL,
  used bigint NOT NULL,
  CONSTRAINT limit_uses_pkey PRIMARY KEY (limit_id, starts_at),
  CONSTRAINT limit_uses_limit_id_fkey FOREIGN KEY (limit_id) REFERENCES limits (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT limit_uses_amounts CHECK (held >= 0 AND used >= 0)
) WITH (fillfactor = 50);

-- Guards -----------------------------------------------------------------------------------------------------

-- They look once, at the end of a statement, at all rows it touched: foreign keys would look at each line and each wallet,
-- and lock it, which made a batch a quarter slower. One statement writes wallet, lots, holds and journal together, so
-- there is no moment at which these may disagree.

-- A wallet is where its journal ends, and what its lots add up to.
CREATE FUNCTION guard_wallets() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  broken text;
BEGIN
  SELECT max(CASE
    WHEN (
      SELECT (t.seq, t.balance, t.held, t.debt) = (w.seq, w.balance, w.held, w.debt)
      FROM transactions t WHERE t.wallet_id = w.id ORDER BY t.seq DESC LIMIT 1
    ) IS NOT TRUE THEN 'wallets_head'
    WHEN (
      SELECT (coalesce(sum(l.remaining), 0), coalesce(sum(l.pinned), 0)) <> (w.balance, w.held) FROM lots l WHERE l.wallet_id = w.id AND NOT l.spent
    ) THEN 'lots_add_up'
  END) INTO broken FROM changed w;
  IF broken IS NOT NULL THEN
    RAISE EXCEPTION 'a wallet is not what its journal and its lots say' USING ERRCODE = 'check_violation', CONSTRAINT = broken;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER wallets_head_insert AFTER INSERT ON wallets REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION guard_wallets();
CREATE TRIGGER wallets_head_update AFTER UPDATE ON wallets REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION guard_wallets();

-- A line follows from the one before, or is the first and empty; and its wallet went along.
CREATE FUNCTION guard_transactions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM lines l
    WHERE (SELECT l.seq <= w.seq FROM wallets w WHERE w.id = l.wallet_id) IS NOT TRUE
      OR CASE WHEN l.seq = 0 THEN l.balance = 0 AND l.held = 0 AND l.debt = 0 ELSE (
        SELECT t.balance + l.credits = l.balance AND t.held + l.held_change = l.held AND t.debt + l.debt_change = l.debt
        FROM transactions t WHERE t.wallet_id = l.wallet_id AND t.seq = l.seq - 1
      ) END IS NOT TRUE
  ) THEN
    RAISE EXCEPTION 'a journal line does not follow from the one before, or goes beyond its wallet'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_chain';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER transactions_chain AFTER INSERT ON transactions REFERENCING NEW TABLE AS lines
  FOR EACH STATEMENT EXECUTE FUNCTION guard_transactions();

-- A payment stands for something between nothing and what it bought.
CREATE FUNCTION guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (
    SELECT sum(t.credits - t.debt_change) BETWEEN 0 AND sum(t.credits - t.debt_change) FILTER (WHERE t.type = 'purchase')
    FROM transactions t WHERE t.payment_id = NEW.payment_id AND t.wallet_id = NEW.wallet_id
  ) IS NOT TRUE THEN
    RAISE EXCEPTION 'more is taken back of a payment than it bought, or given back than was taken'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_payment';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER transactions_payment AFTER INSERT ON transactions
  FOR EACH ROW WHEN (NEW.payment_id IS NOT NULL) EXECUTE FUNCTION guard_payment();

CREATE FUNCTION guard_lots() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM changed c WHERE (
      SELECT coalesce(sum(l.remaining), 0) = w.balance AND coalesce(sum(l.pinned), 0) = w.held
      FROM wallets w LEFT JOIN lots l ON l.wallet_id = w.id AND NOT l.spent WHERE w.id = c.wallet_id GROUP BY w.id
    ) IS NOT TRUE
  ) THEN
    RAISE EXCEPTION 'the lots of a wallet do not add up to it' USING ERRCODE = 'check_violation', CONSTRAINT = 'lots_add_up';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER lots_add_up_insert AFTER INSERT ON lots REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION guard_lots();
CREATE TRIGGER lots_add_up_update AFTER UPDATE ON lots REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION guard_lots();

-- A new hold has the line that opened it; the only change is to be closed, by the line that closed its task.
CREATE FUNCTION guard_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM changed h WHERE (
      SELECT t.task_id = h.task_id AND CASE TG_OP
        WHEN 'INSERT' THEN t.hold_id = h.id AND t.held_change = h.credits AND h.closed_seq IS NULL
        ELSE t.hold_id IS NULL
      END
      FROM transactions t WHERE t.wallet_id = h.wallet_id AND t.seq = CASE TG_OP WHEN 'INSERT' THEN h.seq ELSE h.closed_seq END
    ) IS NOT TRUE
  ) THEN
    RAISE EXCEPTION 'a hold is not what its journal says' USING ERRCODE = 'check_violation', CONSTRAINT = 'holds_follow_journal';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER holds_follow_journal_insert AFTER INSERT ON holds REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION guard_holds();
CREATE TRIGGER holds_follow_journal_update AFTER UPDATE ON holds REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION guard_holds();

-- A hold that counts against limits counts as held until it is closed, and then as used with what it was charged.
CREATE FUNCTION count_hold_limits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO limit_uses AS u (limit_id, starts_at, held, used)
  SELECT c.limit_id, c.starts_at, sum((SELECT h.credits FROM holds h WHERE h.id = c.hold_id)), 0 FROM counted c
  GROUP BY c.limit_id, c.starts_at ORDER BY c.limit_id
  ON CONFLICT (limit_id, starts_at) DO UPDATE SET held = u.held + EXCLUDED.held;
  IF EXISTS (
    SELECT FROM counted c WHERE (
      SELECT u.held + u.used <= (SELECT l.credits FROM limits l WHERE l.id = u.limit_id)
      FROM limit_uses u WHERE u.limit_id = c.limit_id AND u.starts_at = c.starts_at
    ) IS NOT TRUE
  ) THEN
    RAISE EXCEPTION 'a hold goes beyond a limit' USING ERRCODE = 'check_violation', CONSTRAINT = 'limits_keep';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER limits_keep AFTER INSERT ON hold_limits REFERENCING NEW TABLE AS counted
  FOR EACH STATEMENT EXECUTE FUNCTION count_hold_limits();

CREATE FUNCTION use_limits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  c hold_limits;
BEGIN
  FOR c IN SELECT * FROM hold_limits WHERE hold_id = NEW.id LOOP
    UPDATE limit_uses SET held = held - NEW.credits, used = used + NEW.charged WHERE limit_id = c.limit_id AND starts_at = c.starts_at;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER holds_use_limits AFTER UPDATE ON holds
  FOR EACH ROW WHEN (NEW.limited) EXECUTE FUNCTION use_limits();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger does not allow % of %', lower(TG_OP), TG_TABLE_NAME USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER transactions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transactions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER wallets_stay BEFORE DELETE OR TRUNCATE ON wallets
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER wallets_keep_their_team BEFORE UPDATE OF id, team_id ON wallets
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lots_stay BEFORE DELETE OR TRUNCATE ON lots
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lots_keep_their_terms BEFORE UPDATE OF id, wallet_id, source, priority, credits, payment_id, expires_at, created_at ON lots
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER holds_stay BEFORE DELETE OR TRUNCATE ON holds
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER holds_keep_their_terms BEFORE UPDATE OF id, wallet_id, task_id, seq, credits, lots, lot_credits, limited, opened_at ON holds
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER holds_close_once BEFORE UPDATE ON holds
  FOR EACH ROW WHEN (OLD.closed_seq IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER limits_stay BEFORE DELETE OR TRUNCATE ON limits
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER limits_keep_their_terms BEFORE UPDATE OF id, wallet_id, kind, subject, period, time_zone, created_at ON limits
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER hold_limits_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON hold_limits
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- Depth 0 is a statement that no trigger made.
CREATE TRIGGER limit_uses_are_derived BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON limit_uses
  FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change();

-- Opening ----------------------------------------------------------------------------------------------------

-- Opens the wallet of a team, or gives the one it has.
CREATE FUNCTION ledger_open(wallet uuid, team uuid, at timestamptz) RETURNS uuid LANGUAGE plpgsql AS $$
#variable_conflict use_variable
BEGIN
  WITH opened AS (
    INSERT INTO wallets (id, team_id) VALUES (wallet, team) ON CONFLICT (team_id) DO NOTHING RETURNING id
  )
  INSERT INTO transactions (wallet_id, seq, type, balance, held, debt, at) SELECT o.id, 0, 'open', 0, 0, 0, at FROM opened o;
  RETURN (SELECT w.id FROM wallets w WHERE w.team_id = team);
END $$;

-- Holding ----------------------------------------------------------------------------------------------------

CREATE TYPE hold_request AS (n int, hold uuid, task uuid, wallet uuid, credits bigint, member text, channel text, actor text);

-- What a limit still allows in the period of a hold.
CREATE TYPE limit_room AS (
  limit_id uuid, kind text, credits bigint, period text, starts_at timestamptz, resets_at timestamptz, "left" bigint
);

-- A hold and its journal line on the way to their tables.
CREATE TYPE hold_line AS (
  id uuid, wallet_id uuid, task_id uuid, seq bigint, credits bigint, lots uuid[], lot_credits bigint[], balance bigint, held bigint,
  limited boolean, actor text
);

-- Sets credits aside for tasks. An extension is another hold of the same task. Each request gets one answer, in no order;
-- balance, held, available and debt are the wallet's right after it. `outcome`:
--   held      it is held now
--   repeated  this very hold was taken before; nothing moved
--   conflict  this hold id was used for something else, or the task holds credits of another wallet; nothing moved
--   closed    the task was settled, released or expired before; nothing moved
--   limit     a limit refuses; `refused` names the one with the least room. It comes before `short`: buying would not help
--   short     the wallet has less than that available
--   unknown   there is no such wallet
CREATE FUNCTION ledger_hold(requests jsonb, at timestamptz)
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
  -- How much was pinned of which lot, and counted against which limit.
  pinned_ids uuid[] := '{}'; pins bigint[] := '{}';
  limited boolean;
  limit_ids uuid[] := '{}'; counted bigint[] := '{}';
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
      rooms := ledger_room(request.wallet, request.member, request.channel, at, limit_ids, counted);
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
          i := coalesce(array_position(limit_ids, room.limit_id), cardinality(limit_ids) + 1);
          limit_ids[i] := room.limit_id; counted[i] := coalesce(counted[i], 0) + request.credits;
          new_counts := new_counts || (request.hold, room.limit_id, room.starts_at)::hold_limits;
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

-- The limits that a hold counts against, the one with the least room first. `limit_ids` and `counted` are what the same
-- batch took already.
CREATE FUNCTION ledger_room(wallet uuid, member text, channel text, at timestamptz, limit_ids uuid[], counted bigint[])
RETURNS limit_room[] LANGUAGE plpgsql AS $$
#variable_conflict use_variable
BEGIN
  RETURN ARRAY(
    SELECT (r.id, r.kind, r.credits, r.period, r.starts_at, r.resets_at, r.free)::limit_room
    FROM (
      SELECT p.*, (p.starts_at AT TIME ZONE p.time_zone + p.length) AT TIME ZONE p.time_zone AS resets_at,
        p.credits - coalesce((SELECT u.held + u.used FROM limit_uses u WHERE u.limit_id = p.id AND u.starts_at = p.starts_at), 0)
          - coalesce(counted[array_position(limit_ids, p.id)], 0) AS free
      FROM (
        SELECT x.*,
          CASE x.period WHEN 'total' THEN 'epoch' ELSE date_trunc(x.period, at, x.time_zone) END AS starts_at,
          CASE x.period WHEN 'total' THEN NULL ELSE ('1 ' || x.period)::interval END AS length
        FROM limits x
        WHERE x.wallet_id = wallet AND x.removed_at IS NULL AND x.subject = ANY (ARRAY['', member, channel])
          AND (x.kind, x.subject) IN (('team', ''), ('member', member), ('channel', channel))
      ) p
    ) r ORDER BY r.free, r.kind, r.period
  );
END $$;

-- Closing ----------------------------------------------------------------------------------------------------

-- `expired` is for ledger_expire_holds only.
CREATE TYPE close_request AS (n int, task uuid, charge bigint, expired boolean, actor text, note text, facts jsonb);

CREATE TYPE close_line AS (
  wallet_id uuid, seq bigint, type text, credits bigint, held_change bigint, debt_change bigint, balance bigint, held bigint, debt bigint,
  overrun bigint, task_id uuid, lots uuid[], lot_credits bigint[], actor text, note text, facts jsonb
);

-- Closes all holds of tasks: takes the charge, as far as it was held, and gives the rest back; a charge of 0 is a release.
-- What comes back pays a debt first, and what comes back to an expired lot expires. Each request gets one answer, in no
-- order; balance, held, available and debt are the wallet's when all are closed. `outcome`:
--   closed    it is closed now
--   repeated  it was closed before with the same charge; the numbers are those of then
--   conflict  it was closed before with another one; the numbers are those of then, nothing moved
--   unknown   the task never held anything
CREATE FUNCTION ledger_close(requests jsonb, at timestamptz)
RETURNS TABLE (
  n int, outcome text, task_id uuid, wallet_id uuid, charged bigint, returned bigint, overrun bigint,
  balance bigint, held bigint, available bigint, debt bigint
)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  given close_request[];
  task_ids uuid[];
  ids uuid[];
  hold record;
  -- The wallets in the order of their ids, as they stand while we walk through the holds, and where we are in them.
  wallet_ids uuid[]; seqs bigint[]; balances bigint[]; helds bigint[]; debts bigint[];
  w int := 1;
  -- The holds, and what comes off the pins and the rest of which lot.
  hold_ids uuid[] := '{}'; charges bigint[] := '{}'; closed_seqs bigint[] := '{}';
  lot_ids uuid[] := '{}'; unpinned bigint[] := '{}'; burned bigint[] := '{}';
  line close_line;
  lines close_line[] := '{}'; line_ns int[] := '{}';
  last int := 0;
  charge bigint;
  repaid bigint;
  gone bigint;
  burn bigint;
  i int;
BEGIN
  SELECT array_agg(r), array_agg(r.task) INTO given, task_ids FROM jsonb_populate_recordset(NULL::close_request, requests) r;
  ids := ARRAY(SELECT DISTINCT h.wallet_id FROM holds h WHERE h.task_id = ANY (task_ids) AND h.closed_seq IS NULL);
  SELECT array_agg(x.id), array_agg(x.seq), array_agg(x.balance), array_agg(x.held), array_agg(x.debt)
  INTO wallet_ids, seqs, balances, helds, debts
  FROM (SELECT * FROM wallets x WHERE x.id = ANY (ids) ORDER BY x.id FOR NO KEY UPDATE) x;

  FOR hold IN
    SELECT r.*, h.id, h.wallet_id, h.credits, h.lots, h.lot_credits
    FROM unnest(given) r CROSS JOIN LATERAL (
      SELECT h.* FROM holds h WHERE h.task_id = r.task AND h.closed_seq IS NULL AND h.wallet_id = ANY (wallet_ids) OFFSET 0
    ) h
    ORDER BY h.wallet_id, r.n, h.seq
  LOOP
    IF (hold.charge >= 0) IS NOT TRUE THEN
      RAISE EXCEPTION 'a charge is zero or more' USING ERRCODE = 'check_violation', CONSTRAINT = 'holds_charged';
    END IF;
    CONTINUE WHEN hold.id = ANY (hold_ids); -- the same task twice in this batch: the first request closed it
    IF line.task_id IS DISTINCT FROM hold.task OR line.wallet_id <> hold.wallet_id THEN
      WHILE wallet_ids[w] < hold.wallet_id LOOP w := w + 1; END LOOP;
      seqs[w] := seqs[w] + 1;
      line := (hold.wallet_id, seqs[w], CASE WHEN hold.expired THEN 'hold_expiry' WHEN hold.charge = 0 THEN 'release' ELSE 'settle' END,
        0, 0, 0, 0, 0, 0, hold.charge, hold.task, '{}'::uuid[], '{}'::bigint[], hold.actor, hold.note, hold.facts);
      last := last + 1;
      line_ns := line_ns || hold.n;
    END IF;

    charge := least(line.overrun, hold.credits);
    repaid := least(debts[w], hold.credits - charge);
    gone := charge + repaid;
    balances[w] := balances[w] - gone; helds[w] := helds[w] - hold.credits; debts[w] := debts[w] - repaid;
    line.overrun := line.overrun - charge;
    line.credits := line.credits - gone; line.held_change := line.held_change - hold.credits; line.debt_change := line.debt_change - repaid;
    line.balance := balances[w]; line.held := helds[w]; line.debt := debts[w];
    hold_ids := hold_ids || hold.id; charges := charges || charge; closed_seqs := closed_seqs || line.seq;
    FOR p IN 1 .. cardinality(hold.lots) LOOP
      burn := least(gone, hold.lot_credits[p]);
      gone := gone - burn;
      IF burn > 0 THEN line.lots := line.lots || hold.lots[p]; line.lot_credits := line.lot_credits || -burn; END IF;
      i := coalesce(array_position(lot_ids, hold.lots[p]), cardinality(lot_ids) + 1);
      lot_ids[i] := hold.lots[p];
      unpinned[i] := coalesce(unpinned[i], 0) + hold.lot_credits[p]; burned[i] := coalesce(burned[i], 0) + burn;
    END LOOP;
    lines[last] := line;
  END LOOP;

  IF last > 0 THEN
    WITH moved AS (
      UPDATE wallets x SET seq = seqs[array_position(wallet_ids, x.id)], balance = balances[array_position(wallet_ids, x.id)],
        held = helds[array_position(wallet_ids, x.id)], debt = debts[array_position(wallet_ids, x.id)]
      WHERE x.id = ANY (wallet_ids) AND x.seq < seqs[array_position(wallet_ids, x.id)]
    ), unpinning AS (
      UPDATE lots x SET remaining = x.remaining - burned[array_position(lot_ids, x.id)],
        pinned = x.pinned - unpinned[array_position(lot_ids, x.id)], spent = x.remaining = burned[array_position(lot_ids, x.id)]
      WHERE x.id = ANY (lot_ids)
    ), closed AS (
      UPDATE holds x SET charged = charges[array_position(hold_ids, x.id)], closed_seq = closed_seqs[array_position(hold_ids, x.id)],
        closed_at = ledger_close.at
      WHERE x.id = ANY (hold_ids)
    )
    INSERT INTO transactions (wallet_id, seq, type, credits, held_change, debt_change, balance, held, debt,
      overrun, task_id, lots, lot_credits, actor, note, facts, at)
    SELECT x.*, ledger_close.at FROM unnest(lines) x;
    IF EXISTS (SELECT FROM lots x WHERE x.wallet_id = ANY (ids) AND NOT x.spent AND x.expires_at <= ledger_close.at AND x.remaining > x.pinned) THEN
      PERFORM ledger_expire_due(ids, at);
      balances := ARRAY(SELECT x.balance FROM wallets x WHERE x.id = ANY (ids) ORDER BY x.id);
    END IF;
  END IF;

  FOR i IN 1 .. last LOOP
    line := lines[i]; w := array_position(wallet_ids, line.wallet_id);
    n := line_ns[i]; outcome := 'closed'; task_id := line.task_id; wallet_id := line.wallet_id;
    charged := line.debt_change - line.credits; returned := -line.held_change - charged; overrun := line.overrun;
    balance := balances[w]; held := helds[w]; available := balance - held; debt := debts[w];
    RETURN NEXT;
  END LOOP;
  IF last < cardinality(given) THEN
    RETURN QUERY
    SELECT r.n,
      CASE WHEN t.seq IS NULL THEN 'unknown' WHEN t.debt_change - t.credits + t.overrun = r.charge THEN 'repeated' ELSE 'conflict' END,
      r.task, t.wallet_id, coalesce(t.debt_change - t.credits, 0), coalesce(t.credits - t.debt_change - t.held_change, 0), coalesce(t.overrun, 0),
      x.balance, x.held, x.balance - x.held, x.debt
    FROM unnest(given) r
    LEFT JOIN LATERAL (SELECT * FROM transactions t WHERE t.task_id = r.task AND t.hold_id IS NULL LIMIT 1) t ON true
    LEFT JOIN LATERAL (SELECT * FROM wallets x WHERE x.id = t.wallet_id LIMIT 1) x ON true
    WHERE r.n <> ALL (line_ns);
  END IF;
END $$;

-- Credits in and out -----------------------------------------------------------------------------------------

-- Less frequent than work, so these go one by one.

CREATE TYPE credit_request AS (
  n int, key text, wallet uuid, lot uuid, type text, credits bigint, source text, priority int, expires_at timestamptz,
  payment text, amount bigint, currency text, actor text, note text
);

-- Brings credits: a grant, a purchase, or a restore, when what a refund or dispute took comes back (and never more than that).
-- They pay a debt first; the rest is in the lot. Each request gets one answer, in the order of n. `outcome`:
--   credited  it is there now
--   repeated  this key credited the same before; the numbers are those of then
--   conflict  this key did something else, or the payment was bought before under another key; nothing moved
--   unknown   there is no such wallet, or it bought nothing with the payment to be restored
CREATE FUNCTION ledger_credit(requests jsonb, at timestamptz)
RETURNS TABLE (n int, outcome text, lot_id uuid, credited bigint, debt_paid bigint, balance bigint, held bigint, available bigint, debt bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  request credit_request;
  wallet wallets;
  line transactions;
  bought bigint;
  gross bigint;
  repaid bigint;
BEGIN
  PERFORM ledger_lock(ARRAY(SELECT (r ->> 'wallet')::uuid FROM jsonb_array_elements(requests) r), at);
  FOR request IN SELECT * FROM jsonb_populate_recordset(NULL::credit_request, requests) r ORDER BY r.n LOOP
    IF (
      request.key IS NOT NULL AND request.credits > 0 AND request.type IN ('grant', 'purchase', 'restore')
      AND (request.type = 'grant') = (request.payment IS NULL)
    ) IS NOT TRUE THEN
      RAISE EXCEPTION 'a credit needs a key, an amount and a type, and what was bought a payment'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_credit';
    END IF;
    SELECT * INTO wallet FROM wallets WHERE id = request.wallet;
    SELECT * INTO line FROM transactions WHERE key = request.key;
    bought := (
      SELECT t.credits - t.debt_change FROM transactions t
      WHERE t.payment_id = request.payment AND t.type = 'purchase' AND t.wallet_id = request.wallet
    );
    outcome := CASE
      WHEN (line.wallet_id, line.type) = (request.wallet, request.type) AND line.payment_id IS NOT DISTINCT FROM request.payment
        AND (line.credits - line.debt_change = request.credits OR line.type = 'restore') THEN 'repeated'
      WHEN line.key IS NOT NULL THEN 'conflict'
      WHEN wallet.id IS NULL OR request.type = 'restore' AND bought IS NULL THEN 'unknown'
      WHEN request.type = 'purchase' AND EXISTS (
        SELECT FROM transactions t WHERE t.payment_id = request.payment AND t.type = 'purchase'
      ) THEN 'conflict'
      ELSE 'credited'
    END;
    IF outcome = 'credited' THEN
      gross := request.credits;
      IF request.type = 'restore' THEN gross := least(gross, bought - ledger_payment_left(request.payment)); END IF;
      repaid := least(gross, wallet.debt);
      INSERT INTO lots (id, wallet_id, source, priority, credits, payment_id, expires_at, created_at)
      VALUES (request.lot, request.wallet, request.source, coalesce(request.priority, CASE request.type WHEN 'grant' THEN 10 ELSE 100 END),
        gross, request.payment, request.expires_at, ledger_credit.at);
      line := ledger_append(jsonb_build_object(
        'wallet_id', request.wallet, 'type', request.type, 'credits', gross - repaid, 'debt_change', -repaid,
        'lots', ARRAY[request.lot], 'lot_credits', ARRAY[gross - repaid],
        'key', request.key, 'payment_id', request.payment, 'amount', request.amount, 'currency', request.currency,
        'actor', request.actor, 'note', request.note, 'at', ledger_credit.at));
    END IF;
    n := request.n;
    IF outcome IN ('conflict', 'unknown') THEN line := NULL; END IF;
    lot_id := line.lots[1]; credited := coalesce(line.credits, 0); debt_paid := coalesce(-line.debt_change, 0);
    SELECT w.balance, w.held, w.balance - w.held, w.debt INTO balance, held, available, debt FROM wallets w WHERE w.id = request.wallet;
    RETURN NEXT;
  END LOOP;
END $$;

CREATE TYPE clawback_request AS (n int, key text, wallet uuid, credits bigint, payment text, amount bigint, currency text, actor text, note text);

-- Takes credits back, for a refund, a dispute or a correction: the free part of the payment's own lots, then what else is
-- free in the order of spending, never what is held. The rest becomes debt. Never more than the payment still stands for.
-- Each request gets one answer, in the order of n. `outcome`:
--   clawed    it is done now
--   repeated  this key took back the same before; the numbers are those of then
--   conflict  this key did something else; nothing moved
--   unknown   there is no such wallet, or it bought nothing with this payment
CREATE FUNCTION ledger_clawback(requests jsonb, at timestamptz)
RETURNS TABLE (n int, outcome text, taken bigint, owed bigint, balance bigint, held bigint, available bigint, debt bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  request clawback_request;
  line transactions;
  lot record;
  gross bigint;
  take bigint;
  lot_ids uuid[];
  lot_credits bigint[];
BEGIN
  PERFORM ledger_lock(ARRAY(SELECT (r ->> 'wallet')::uuid FROM jsonb_array_elements(requests) r), at);
  FOR request IN SELECT * FROM jsonb_populate_recordset(NULL::clawback_request, requests) r ORDER BY r.n LOOP
    IF (request.key IS NOT NULL AND request.credits > 0) IS NOT TRUE THEN
      RAISE EXCEPTION 'a clawback needs a key and an amount' USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_clawback';
    END IF;
    SELECT * INTO line FROM transactions WHERE key = request.key;
    gross := request.credits;
    IF request.payment IS NOT NULL THEN
      gross := (
        SELECT least(gross, ledger_payment_left(request.payment)) FROM transactions t
        WHERE t.payment_id = request.payment AND t.type = 'purchase' AND t.wallet_id = request.wallet
      );
    END IF;
    outcome := CASE
      WHEN (line.wallet_id, line.type) = (request.wallet, 'clawback') AND line.payment_id IS NOT DISTINCT FROM request.payment
        AND (line.facts ->> 'asked')::bigint = request.credits THEN 'repeated'
      WHEN line.key IS NOT NULL THEN 'conflict'
      WHEN gross IS NULL OR NOT EXISTS (SELECT FROM wallets w WHERE w.id = request.wallet) THEN 'unknown'
      ELSE 'clawed'
    END;
    IF outcome = 'clawed' THEN
      taken := 0; lot_ids := '{}'; lot_credits := '{}';
      FOR lot IN
        SELECT l.id, l.remaining - l.pinned AS free FROM lots l WHERE l.wallet_id = request.wallet AND NOT l.spent AND l.remaining > l.pinned
        ORDER BY coalesce(l.payment_id = request.payment, false) DESC, l.priority, l.expires_at NULLS LAST, l.id
      LOOP
        EXIT WHEN taken = gross;
        take := least(lot.free, gross - taken);
        taken := taken + take;
        lot_ids := lot_ids || lot.id; lot_credits := lot_credits || -take;
      END LOOP;
      line := ledger_append(jsonb_build_object(
        'wallet_id', request.wallet, 'type', 'clawback', 'credits', -taken, 'debt_change', gross - taken,
        'lots', lot_ids, 'lot_credits', lot_credits, 'key', request.key, 'payment_id', request.payment,
        'amount', request.amount, 'currency', request.currency, 'actor', request.actor, 'note', request.note,
        'facts', jsonb_build_object('asked', request.credits), 'at', ledger_clawback.at));
    END IF;
    n := request.n;
    IF outcome IN ('conflict', 'unknown') THEN line := NULL; END IF;
    taken := coalesce(-line.credits, 0); owed := coalesce(line.debt_change, 0);
    SELECT w.balance, w.held, w.balance - w.held, w.debt INTO balance, held, available, debt FROM wallets w WHERE w.id = request.wallet;
    RETURN NEXT;
  END LOOP;
END $$;

-- What a payment still stands for: bought, less taken back, plus given back again.
CREATE FUNCTION ledger_payment_left(payment text) RETURNS bigint STABLE LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT sum(t.credits - t.debt_change) FROM transactions t WHERE t.payment_id = payment);
END $$;

CREATE FUNCTION ledger_lock(ids uuid[], at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM wallets WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
  PERFORM ledger_expire_due(ids, at);
END $$;

-- Writes one line, and moves its wallet and lots. It brings the changes; what stands afterwards is added up here.
CREATE FUNCTION ledger_append(changes jsonb) RETURNS transactions LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  empty CONSTANT jsonb := '{"held_change": 0, "debt_change": 0, "overrun": 0}';
  line transactions := jsonb_populate_record(NULL::transactions, empty || changes);
BEGIN
  SELECT seq + 1, balance + line.credits, held, debt + line.debt_change INTO line.seq, line.balance, line.held, line.debt
  FROM wallets WHERE id = line.wallet_id;
  WITH moved AS (
    UPDATE wallets SET seq = line.seq, balance = line.balance, debt = line.debt WHERE id = line.wallet_id
  ), spread AS (
    UPDATE lots SET remaining = remaining + line.lot_credits[array_position(line.lots, id)],
      spent = remaining + line.lot_credits[array_position(line.lots, id)] = 0
    WHERE id = ANY (line.lots)
  )
  INSERT INTO transactions SELECT line.*;
  RETURN line;
END $$;

-- Expiry -----------------------------------------------------------------------------------------------------

-- Expires what is due and free in wallets that the caller locked. Every function above comes by here, so an expired lot is
-- never spent, whether or not upkeep was there before.
CREATE FUNCTION ledger_expire_due(ids uuid[], at timestamptz) RETURNS SETOF transactions LANGUAGE plpgsql AS $$
DECLARE
  due record;
BEGIN
  FOR due IN
    SELECT l.wallet_id, l.id, l.remaining - l.pinned AS free FROM lots l
    WHERE l.wallet_id = ANY (ids) AND NOT l.spent AND l.expires_at <= ledger_expire_due.at AND l.remaining > l.pinned
    ORDER BY l.wallet_id, l.expires_at, l.id
  LOOP
    RETURN NEXT ledger_append(jsonb_build_object(
      'wallet_id', due.wallet_id, 'type', 'lot_expiry', 'credits', -due.free, 'lots', ARRAY[due.id], 'lot_credits', ARRAY[-due.free], 'at', at));
  END LOOP;
END $$;

-- For upkeep: lots that are due in wallets nobody uses.
CREATE FUNCTION ledger_expire_lots(at timestamptz) RETURNS TABLE (wallet_id uuid, lot_id uuid, credits bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  ids uuid[] := ARRAY(
    SELECT DISTINCT l.wallet_id FROM lots l
    WHERE NOT l.spent AND l.expires_at <= ledger_expire_lots.at AND l.remaining > l.pinned LIMIT 1000
  );
BEGIN
  PERFORM FROM wallets WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
  RETURN QUERY SELECT t.wallet_id, t.lots[1], -t.credits FROM ledger_expire_due(ids, at) t;
END $$;

-- For upkeep: holds whose task is over or gone. A live task keeps its holds, however old they are.
CREATE FUNCTION ledger_expire_holds(at timestamptz) RETURNS TABLE (task_id uuid, wallet_id uuid, returned bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT c.task_id, c.wallet_id, c.returned FROM ledger_close((
    SELECT coalesce(jsonb_agg(jsonb_build_object('n', h.n, 'task', h.task_id, 'charge', 0, 'expired', true)), '[]')
    FROM (
      SELECT row_number() OVER () AS n, h.task_id FROM (SELECT DISTINCT h.task_id FROM holds h WHERE h.closed_seq IS NULL) h
      WHERE coalesce((SELECT t.status IN ('completed', 'failed', 'canceled') FROM tasks t WHERE t.id = h.task_id), true)
      LIMIT 1000
    ) h
  ), ledger_expire_holds.at) c WHERE c.outcome = 'closed';
END $$;

-- Reconciling ------------------------------------------------------------------------------------------------

-- By how much each wallet differs from what it should be the sum of. All zero, always.
CREATE VIEW ledger_reconcile AS
SELECT w.id AS wallet_id,
  w.balance - coalesce(t.credits, 0) AS balance_and_journal,
  w.balance - coalesce(l.remaining, 0) AS balance_and_lots,
  w.held - coalesce(t.held, 0) AS held_and_journal,
  w.held - coalesce(l.pinned, 0) AS held_and_pins,
  w.held - coalesce(h.credits, 0) AS held_and_holds,
  w.debt - coalesce(t.debt, 0) AS debt_and_journal,
  w.seq + 1 - coalesce(t.lines, 0) AS seq_and_journal
FROM wallets w
LEFT JOIN (
  SELECT wallet_id, sum(credits) AS credits, sum(held_change) AS held, sum(debt_change) AS debt, count(*) AS lines
  FROM transactions GROUP BY wallet_id
) t ON t.wallet_id = w.id
LEFT JOIN (SELECT wallet_id, sum(remaining) AS remaining, sum(pinned) AS pinned FROM lots GROUP BY wallet_id) l ON l.wallet_id = w.id
LEFT JOIN (SELECT wallet_id, sum(credits) AS credits FROM holds WHERE closed_seq IS NULL GROUP BY wallet_id) h ON h.wallet_id = w.id;
