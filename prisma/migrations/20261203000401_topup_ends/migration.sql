-- What ends auto top-up, and what is left at Stripe of an erased team.

-- When money of it last went back, or a refund failed. A version that knows nothing of this column settles refunds too.
ALTER TABLE "purchases" ADD COLUMN "refunded_at" TIMESTAMPTZ(3);
CREATE FUNCTION "purchases_refunded"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.refunded_at := coalesce(NEW.looked_at, NEW.paid_at);
  RETURN NEW;
END $$;
CREATE TRIGGER "purchases_refunded" BEFORE UPDATE OF "refunded" ON "purchases" FOR EACH ROW
  WHEN (NEW.refunded IS DISTINCT FROM OLD.refunded) EXECUTE FUNCTION "purchases_refunded"();

-- What a team bought last, without a look at all that everybody bought.
CREATE INDEX "purchases_newest" ON "purchases" ("team_id", "opened_at" DESC, "id" DESC) WHERE "state" = 'paid';

-- Customers of erased teams, until Stripe has deleted them.
CREATE TABLE "erased_customers" (
    "customer_id" TEXT NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "next_at" TIMESTAMPTZ(3) NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "erased_customers_pkey" PRIMARY KEY ("customer_id")
);
CREATE INDEX "erased_customers_next_at_idx" ON "erased_customers" ("next_at");

-- As before, but: a refund of any purchase pauses it, so that the credits that went with the money are not bought again by that
-- alone; and whatever may have taken money counts toward the month's limit.
CREATE OR REPLACE FUNCTION topup_standing(team uuid, amount bigint, at timestamptz) RETURNS text STABLE LANGUAGE plpgsql AS $$
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
  -- Whoever gets money back is not charged again for the credits that went with it, before they say so. Refunds from before have no time.
  IF EXISTS (
    SELECT FROM purchases p WHERE p.team_id = team AND p.refunded > 0
      AND (p.refunded_at > wanted.agreed_at OR p.kind = 'top-up' AND p.paid_at > wanted.agreed_at)
  ) THEN RETURN 'refunded'; END IF;
  IF wanted.suspended_card IS NOT NULL THEN RETURN CASE wanted.suspended_card WHEN '' THEN 'no-card' ELSE 'declined' END; END IF;
  IF EXISTS (SELECT FROM topups t WHERE t.team_id = team AND t.state IN ('planned', 'sent')) THEN RETURN 'in-flight'; END IF;
  IF amount + (
    SELECT coalesce(sum(t.amount), 0) FROM topups t
    WHERE t.team_id = team AND t.planned_at >= month AND t.currency = wanted.currency
      AND (t.state IN ('planned', 'sent', 'paid') OR t.state = 'failed' AND t.why IN ('unclear', 'other-amount', 'refused'))
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
