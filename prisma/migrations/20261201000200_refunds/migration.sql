-- Refunds, disputes and reports of fraud: how much of a payment stands, and what of its credits was taken back for that.

ALTER TABLE "purchases"
    -- In the currency's smallest unit: the refunds that did not fail.
    ADD COLUMN "refunded" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "dispute" TEXT NOT NULL DEFAULT 'none',
    -- Micro-credits that are held back while a dispute is open, and come back if it is won.
    ADD COLUMN "soft_taken" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "fraud_warned_at" TIMESTAMPTZ(3),
    -- Looks at the payment are numbered when they begin. What one of them saw is not applied after what a later one saw.
    ADD COLUMN "looked" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "looked_at" TIMESTAMPTZ(3),
    ADD COLUMN "applied" BIGINT NOT NULL DEFAULT 0,
    -- Until then it is looked at again and again: a refund or a dispute of it may still change.
    ADD COLUMN "watched_until" TIMESTAMPTZ(3),
    ADD CONSTRAINT "purchases_refunded" CHECK ("refunded" BETWEEN 0 AND coalesce("paid", 0)),
    ADD CONSTRAINT "purchases_dispute" CHECK ("dispute" IN ('none', 'inquiry', 'open', 'lost')),
    ADD CONSTRAINT "purchases_soft" CHECK ("soft_taken" BETWEEN 0 AND "credits" AND ("soft_taken" = 0 OR "dispute" = 'open')),
    ADD CONSTRAINT "purchases_looks" CHECK ("applied" BETWEEN 0 AND "looked");
CREATE INDEX "purchases_watched" ON "purchases" ("looked_at") WHERE "watched_until" IS NOT NULL;

CREATE TYPE payment_standing AS (
  payment text, wanted bigint, refunded bigint, dispute text, warned_at timestamptz, watched_until timestamptz, look bigint, lot uuid, note text
);

-- Takes or gives back credits of a payment until it stands for `wanted` of them, and writes down why. While a dispute is open,
-- what is free in the payment's own lots is held back besides, and comes back when the dispute ends otherwise than lost. Held
-- credits are never touched, and what is held back for a dispute never becomes debt. `outcome`:
--   brought  it is done now; the numbers are what moved. With the same standing nothing moves again, but for what came free
--   older    what a later look saw is applied already; nothing moved
--   unknown  nothing was bought with this payment
CREATE FUNCTION ledger_bring_payment_to(standing jsonb, at timestamptz)
RETURNS TABLE (outcome text, taken bigint, owed bigint, restored bigint, held_back bigint, debt bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  told payment_standing := jsonb_populate_record(NULL::payment_standing, standing);
  purchase purchases;
  prefix text;
  soft bigint;
  -- What the payment stands for, without what is only held back.
  hard bigint;
  turned bigint;
  rest bigint;
  give bigint;
  free bigint;
  answer record;
BEGIN
  taken := 0; owed := 0; restored := 0; held_back := 0; debt := 0;
  SELECT p.* INTO purchase FROM purchases p WHERE p.payment_id = told.payment AND p.state = 'paid' FOR UPDATE;
  IF purchase.id IS NULL OR purchase.applied >= told.look THEN
    outcome := CASE WHEN purchase.id IS NULL THEN 'unknown' ELSE 'older' END;
    RETURN NEXT;
    RETURN;
  END IF;
  IF (told.wanted BETWEEN 0 AND purchase.credits AND told.look <= purchase.looked) IS NOT TRUE THEN
    RAISE EXCEPTION 'a payment stands for something between nothing and what it bought'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_payment';
  END IF;
  PERFORM ledger_lock(ARRAY[purchase.wallet_id], at);
  prefix := 'payment:' || purchase.id || ':' || told.look;
  soft := purchase.soft_taken;
  hard := ledger_payment_left(told.payment) + soft;

  IF hard > told.wanted THEN
    -- What was only held back is gone for good now; that moves nothing.
    turned := least(hard - told.wanted, soft);
    soft := soft - turned;
    rest := hard - told.wanted - turned;
    IF rest > 0 THEN
      SELECT c.* INTO answer FROM ledger_clawback(jsonb_build_array(jsonb_build_object(
        'n', 0, 'key', prefix || ':take', 'wallet', purchase.wallet_id, 'credits', rest, 'payment', told.payment)), at) c;
      IF answer.outcome <> 'clawed' THEN RAISE EXCEPTION 'taking back was answered with %', answer.outcome; END IF;
      taken := answer.taken; owed := answer.owed;
    END IF;
  END IF;

  give := greatest(told.wanted - hard, 0);
  IF told.dispute <> 'open' THEN give := give + soft; soft := 0; END IF;
  IF give > 0 THEN
    SELECT c.* INTO answer FROM ledger_credit(jsonb_build_array(jsonb_build_object(
      'n', 0, 'key', prefix || ':give', 'wallet', purchase.wallet_id, 'lot', told.lot, 'type', 'restore', 'credits', give,
      'source', 'stripe', 'payment', told.payment)), at) c;
    IF answer.outcome <> 'credited' THEN RAISE EXCEPTION 'giving back was answered with %', answer.outcome; END IF;
    restored := answer.credited + answer.debt_paid;
  END IF;

  IF told.dispute = 'open' THEN
    free := (
      SELECT least(coalesce(sum(l.remaining - l.pinned), 0), ledger_payment_left(told.payment)) FROM lots l
      WHERE l.wallet_id = purchase.wallet_id AND l.payment_id = told.payment AND NOT l.spent
    );
    IF free > 0 THEN
      SELECT c.* INTO answer FROM ledger_clawback(jsonb_build_array(jsonb_build_object(
        'n', 0, 'key', prefix || ':soft', 'wallet', purchase.wallet_id, 'credits', free, 'payment', told.payment, 'note', told.note)), at) c;
      IF answer.outcome <> 'clawed' OR answer.owed <> 0 THEN RAISE EXCEPTION 'holding back was answered with %', answer.outcome; END IF;
      soft := soft + answer.taken;
      held_back := answer.taken;
    END IF;
  END IF;

  UPDATE purchases p SET refunded = told.refunded, dispute = told.dispute, soft_taken = soft, applied = told.look,
    fraud_warned_at = coalesce(told.warned_at, p.fraud_warned_at), watched_until = told.watched_until
  WHERE p.id = purchase.id;
  outcome := 'brought';
  debt := (SELECT w.debt FROM wallets w WHERE w.id = purchase.wallet_id);
  RETURN NEXT;
END $$;

-- What Stripe says and we do not, or the other way round, as the rounds that compare the two found it. Gone when it is gone.
CREATE TABLE "billing_differences" (
    -- What differs, and where.
    "key" TEXT NOT NULL,
    "what" TEXT NOT NULL,
    -- Ids and numbers.
    "facts" JSONB NOT NULL,
    "first_seen" TIMESTAMPTZ(3) NOT NULL,
    "last_seen" TIMESTAMPTZ(3) NOT NULL,
    -- In how many rounds it was found, one after the other.
    "rounds" INTEGER NOT NULL,

    CONSTRAINT "billing_differences_pkey" PRIMARY KEY ("key")
);
