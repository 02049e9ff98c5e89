-- Credits for money: what was bought, and what Stripe told us.

-- A purchase is written before Stripe is asked to open a checkout, so its id is ours and names the checkout there.
CREATE TABLE "purchases" (
    "id" UUID NOT NULL,
    "checkout_id" TEXT,
    -- The payment, or the checkout where nothing was to pay.
    "payment_id" TEXT,
    -- Null for a stranger's, until it is paid.
    "team_id" UUID,
    "wallet_id" UUID,
    "opened_by" UUID,
    "customer_id" TEXT,
    "pack" TEXT NOT NULL,
    "pack_version" INTEGER NOT NULL,
    -- Micro-credits, the bonus included.
    "credits" BIGINT NOT NULL,
    -- The lookup key at Stripe.
    "price" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    -- In the currency's smallest unit.
    "paid" BIGINT,
    "livemode" BOOLEAN NOT NULL,
    "save_card" BOOLEAN NOT NULL DEFAULT false,
    "state" TEXT NOT NULL,
    -- Why nothing was credited.
    "trouble" TEXT,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "paid_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "purchases_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "purchases_state" CHECK ("state" IN ('open', 'pending', 'paid', 'failed', 'expired')),
    CONSTRAINT "purchases_credits" CHECK ("credits" > 0 AND "pack_version" > 0),
    CONSTRAINT "purchases_money" CHECK ("currency" ~ '^[a-z]{3}$' AND "paid" >= 0),
    CONSTRAINT "purchases_paid" CHECK (
      ("state" = 'paid') = ("paid_at" IS NOT NULL)
      AND ("state" <> 'paid' OR num_nulls("checkout_id", "payment_id", "team_id", "wallet_id", "paid", "ended_at") = 0)
    )
);
CREATE UNIQUE INDEX "purchases_checkout_id_key" ON "purchases" ("checkout_id");
CREATE UNIQUE INDEX "purchases_payment_id_key" ON "purchases" ("payment_id");
CREATE INDEX "purchases_team_id_opened_at_idx" ON "purchases" ("team_id", "opened_at" DESC);
CREATE INDEX "purchases_opened_by_idx" ON "purchases" ("opened_by");
CREATE INDEX "purchases_unsettled" ON "purchases" ("opened_at") WHERE "state" IN ('open', 'pending');
ALTER TABLE "purchases" ADD CONSTRAINT "purchases_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "purchases" ADD CONSTRAINT "purchases_wallet_id_fkey" FOREIGN KEY ("wallet_id") REFERENCES "wallets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "purchases" ADD CONSTRAINT "purchases_opened_by_fkey" FOREIGN KEY ("opened_by") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What was bought never changes, a name that was given stays, and the state goes only where core/domain/billing/purchase.ts lets it.
CREATE FUNCTION "purchases_guard"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF row(NEW.id, NEW.pack, NEW.pack_version, NEW.credits, NEW.price, NEW.currency, NEW.livemode, NEW.save_card, NEW.opened_at)
       IS NOT DISTINCT FROM row(OLD.id, OLD.pack, OLD.pack_version, OLD.credits, OLD.price, OLD.currency, OLD.livemode, OLD.save_card, OLD.opened_at)
    AND (OLD.checkout_id IS NULL OR NEW.checkout_id IS NOT DISTINCT FROM OLD.checkout_id)
    AND (OLD.payment_id IS NULL OR NEW.payment_id IS NOT DISTINCT FROM OLD.payment_id)
    AND (OLD.team_id IS NULL OR NEW.team_id IS NOT DISTINCT FROM OLD.team_id)
    AND (OLD.wallet_id IS NULL OR NEW.wallet_id IS NOT DISTINCT FROM OLD.wallet_id)
    AND (OLD.paid IS NULL OR NEW.paid IS NOT DISTINCT FROM OLD.paid)
    AND (OLD.opened_by IS NOT DISTINCT FROM NEW.opened_by OR NEW.opened_by IS NULL)
    AND (NEW.state = OLD.state
      OR OLD.state = 'open'
      OR OLD.state = 'pending' AND NEW.state IN ('paid', 'failed')
      OR OLD.state IN ('failed', 'expired') AND NEW.state = 'paid')
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a purchase does not change like this' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'purchases_guard';
END $$;
CREATE TRIGGER "purchases_guard" BEFORE UPDATE ON "purchases" FOR EACH ROW EXECUTE FUNCTION "purchases_guard"();

-- News of Stripe, each kept once. It only names an object: what became of that is read at Stripe.
CREATE TABLE "stripe_news" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "object_id" TEXT,
    "livemode" BOOLEAN NOT NULL,
    -- As it came, for people to look at while it is open; it may hold addresses, so it is emptied when it is done.
    "body" TEXT,
    -- left: of a kind or an object that we do not follow
    "state" TEXT NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    -- When it is due; while it is handled, when its process may be presumed dead.
    "next_at" TIMESTAMPTZ(3) NOT NULL,
    -- Why it could not be handled: a code.
    "trouble" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "done_at" TIMESTAMPTZ(3),

    CONSTRAINT "stripe_news_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "stripe_news_id" CHECK (length("id") BETWEEN 1 AND 255),
    CONSTRAINT "stripe_news_state" CHECK ("state" IN ('open', 'done', 'left')),
    CONSTRAINT "stripe_news_done" CHECK (("state" = 'done') = ("done_at" IS NOT NULL) AND ("state" <> 'done' OR "body" IS NULL))
);
CREATE INDEX "stripe_news_received_at_idx" ON "stripe_news" ("received_at");
CREATE INDEX "stripe_news_due" ON "stripe_news" ("next_at") WHERE "state" = 'open';
CREATE INDEX "stripe_news_object" ON "stripe_news" ("object_id") WHERE "state" = 'open';
