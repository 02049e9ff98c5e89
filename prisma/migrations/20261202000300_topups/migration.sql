-- Auto top-up: what a team agreed to, and each purchase that was made for it without anybody there.

-- A top-up that was paid is a purchase without a checkout, so refunds and disputes find it as any other.
ALTER TABLE "purchases"
    ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'checkout',
    -- When its dispute last moved on.
    ADD COLUMN "disputed_at" TIMESTAMPTZ(3),
    ADD CONSTRAINT "purchases_kind" CHECK ("kind" IN ('checkout', 'top-up') AND ("kind" = 'checkout' OR "checkout_id" IS NULL)),
    DROP CONSTRAINT "purchases_paid",
    ADD CONSTRAINT "purchases_paid" CHECK (
      ("state" = 'paid') = ("paid_at" IS NOT NULL)
      AND ("state" <> 'paid' OR num_nulls("payment_id", "team_id", "wallet_id", "paid", "ended_at") = 0)
      AND ("state" <> 'paid' OR "kind" = 'top-up' OR "checkout_id" IS NOT NULL)
    );

-- A version that knows nothing of this column settles disputes too.
CREATE FUNCTION "purchases_disputed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.disputed_at := coalesce(NEW.looked_at, NEW.paid_at);
  RETURN NEW;
END $$;
CREATE TRIGGER "purchases_disputed" BEFORE UPDATE OF "dispute" ON "purchases" FOR EACH ROW
  WHEN (NEW.dispute IS DISTINCT FROM OLD.dispute) EXECUTE FUNCTION "purchases_disputed"();

-- What a team last agreed to. Nothing but a person's yes turns it on.
CREATE TABLE "topup_settings" (
    "team_id" UUID NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    -- Micro-credits: below so much that is free, credits are bought.
    "below" BIGINT NOT NULL,
    "pack" TEXT NOT NULL,
    "pack_version" INTEGER NOT NULL,
    "currency" TEXT NOT NULL,
    -- In the currency's smallest unit, for a calendar month in UTC.
    "monthly_cap" BIGINT NOT NULL,
    "daily_most" INTEGER NOT NULL,
    "pause_s" INTEGER NOT NULL,
    -- One after the other, with no payment in between.
    "declines" INTEGER NOT NULL DEFAULT 0,
    -- The card that is not charged any more; '' where there was none.
    "suspended_card" TEXT,
    -- Until then nobody asks Stripe for the card again.
    "card_read_at" TIMESTAMPTZ(3),
    -- The month for which owners were told that the limit is reached: 2026-12.
    "told_cap" TEXT,
    "agreed_by" UUID,
    "agreed_at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "topup_settings_pkey" PRIMARY KEY ("team_id"),
    CONSTRAINT "topup_settings_numbers" CHECK (
      "below" > 0 AND "pack_version" > 0 AND "monthly_cap" > 0 AND "daily_most" BETWEEN 1 AND 10 AND "pause_s" BETWEEN 60 AND 86400 AND "declines" >= 0
    )
);
CREATE INDEX "topup_settings_enabled" ON "topup_settings" ("team_id") WHERE "enabled";
CREATE INDEX "topup_settings_agreed_by_idx" ON "topup_settings" ("agreed_by");
ALTER TABLE "topup_settings" ADD CONSTRAINT "topup_settings_agreed_by_fkey" FOREIGN KEY ("agreed_by") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "topup_settings" ADD CONSTRAINT "topup_settings_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Written before Stripe is called, with everything the call says: the same row is the same call.
CREATE TABLE "topups" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "wallet_id" UUID NOT NULL,
    "pack" TEXT NOT NULL,
    "pack_version" INTEGER NOT NULL,
    -- Micro-credits, the bonus included.
    "credits" BIGINT NOT NULL,
    -- In the currency's smallest unit.
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    -- Null once the team is erased.
    "customer_id" TEXT,
    "card_id" TEXT,
    -- The same for the same card, whoever added it again.
    "card" TEXT NOT NULL,
    -- planned: nobody was asked for money. sent: somebody may have been.
    "state" TEXT NOT NULL,
    -- Why it was not paid: a word.
    "why" TEXT,
    "payment_id" TEXT,
    "planned_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    -- When it is due; while it is worked on, when its process may be presumed dead.
    "next_at" TIMESTAMPTZ(3) NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "topups_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "topups_state" CHECK ("state" IN ('planned', 'sent', 'paid', 'declined', 'failed')),
    CONSTRAINT "topups_money" CHECK ("credits" > 0 AND "amount" > 0 AND "currency" ~ '^[a-z]{3}$'),
    CONSTRAINT "topups_ended" CHECK (
      ("state" IN ('paid', 'declined', 'failed')) = ("ended_at" IS NOT NULL) AND ("state" <> 'paid' OR "payment_id" IS NOT NULL)
      AND ("state" IN ('planned', 'paid') OR "sent_at" IS NOT NULL)
    )
);
CREATE UNIQUE INDEX "topups_payment_id_key" ON "topups" ("payment_id");
CREATE UNIQUE INDEX "topups_one_in_flight" ON "topups" ("team_id") WHERE "state" IN ('planned', 'sent');
CREATE INDEX "topups_due" ON "topups" ("next_at") WHERE "state" IN ('planned', 'sent');
CREATE INDEX "topups_team_id_planned_at_idx" ON "topups" ("team_id", "planned_at" DESC);
ALTER TABLE "topups" ADD CONSTRAINT "topups_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "topups" ADD CONSTRAINT "topups_wallet_id_fkey" FOREIGN KEY ("wallet_id") REFERENCES "wallets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What is bought never changes, and paid is final. One that ended otherwise may turn out to be paid.
CREATE FUNCTION "topups_guard"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF row(NEW.id, NEW.team_id, NEW.wallet_id, NEW.pack, NEW.pack_version, NEW.credits, NEW.amount, NEW.currency, NEW.livemode, NEW.card, NEW.planned_at)
       IS NOT DISTINCT FROM row(OLD.id, OLD.team_id, OLD.wallet_id, OLD.pack, OLD.pack_version, OLD.credits, OLD.amount, OLD.currency, OLD.livemode, OLD.card, OLD.planned_at)
    AND (OLD.sent_at IS NULL OR NEW.sent_at IS NOT DISTINCT FROM OLD.sent_at)
    AND (NEW.state = OLD.state
      OR OLD.state = 'planned'
      OR OLD.state = 'sent' AND NEW.state IN ('paid', 'declined', 'failed')
      OR OLD.state IN ('declined', 'failed') AND NEW.state = 'paid')
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a top-up does not change like this' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'topups_guard';
END $$;
CREATE TRIGGER "topups_guard" BEFORE UPDATE ON "topups" FOR EACH ROW EXECUTE FUNCTION "topups_guard"();

-- Whether credits of a team are bought now, in the order in which a person would ask. Whoever acts on `due` has the row of the
-- settings locked, and asked afterwards: what another top-up brought is counted then.
CREATE FUNCTION topup_standing(team uuid, amount bigint, at timestamptz) RETURNS text STABLE LANGUAGE plpgsql AS $$
DECLARE
  wanted topup_settings;
  month CONSTANT timestamptz := date_trunc('month', at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
BEGIN
  SELECT s.* INTO wanted FROM topup_settings s WHERE s.team_id = team;
  IF wanted.enabled IS NOT TRUE THEN RETURN 'off'; END IF;
  IF EXISTS (SELECT FROM teams t WHERE t.id = team AND (t.frozen_at IS NOT NULL OR t.deletion_at IS NOT NULL OR t.erased_at IS NOT NULL)) THEN
    RETURN 'closed';
  END IF;
  IF EXISTS (
    SELECT FROM purchases p WHERE p.team_id = team
      AND (p.dispute IN ('open', 'inquiry') OR p.dispute = 'lost' AND p.disputed_at > wanted.agreed_at)
  ) THEN RETURN 'disputed'; END IF;
  -- Stripe tells whole seconds.
  IF EXISTS (SELECT FROM purchases p WHERE p.team_id = team AND p.fraud_warned_at >= date_trunc('second', wanted.agreed_at)) THEN RETURN 'fraud'; END IF;
  -- Whoever gets the money of a top-up back is not charged again for the credits that went with it.
  IF EXISTS (
    SELECT FROM purchases p WHERE p.team_id = team AND p.kind = 'top-up' AND p.refunded > 0 AND p.paid_at > wanted.agreed_at
  ) THEN RETURN 'refunded'; END IF;
  IF wanted.suspended_card IS NOT NULL THEN RETURN CASE wanted.suspended_card WHEN '' THEN 'no-card' ELSE 'declined' END; END IF;
  IF EXISTS (SELECT FROM topups t WHERE t.team_id = team AND t.state IN ('planned', 'sent')) THEN RETURN 'in-flight'; END IF;
  IF amount + (
    SELECT coalesce(sum(t.amount), 0) FROM topups t
    WHERE t.team_id = team AND t.planned_at >= month AND t.currency = wanted.currency
      AND (t.state IN ('planned', 'sent', 'paid') OR t.state = 'failed' AND t.why = 'unclear')
  ) > wanted.monthly_cap THEN RETURN 'cap'; END IF;
  IF (SELECT count(*) FROM topups t WHERE t.team_id = team AND t.planned_at > at - interval '24 hours') >= wanted.daily_most THEN RETURN 'daily'; END IF;
  -- A card that was declined a moment ago is declined again.
  IF EXISTS (
    SELECT FROM topups t WHERE t.team_id = team
      AND t.planned_at > at - make_interval(secs => CASE t.state WHEN 'declined' THEN greatest(wanted.pause_s, 3600) ELSE wanted.pause_s END)
  ) THEN RETURN 'pause'; END IF;
  IF (SELECT w.balance - w.held >= wanted.below FROM wallets w WHERE w.team_id = team) THEN RETURN 'enough'; END IF;
  RETURN 'due';
END $$;
