-- Mails on their way: written with the reason for them, handed over later, each once (core/store/mails.ts).

-- CreateTable
CREATE TABLE "mails" (
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "to_address" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "saying" BYTEA,
    "state" TEXT NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3) NOT NULL,
    "attempted_at" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),
    "message_id" TEXT,
    "trouble" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "mails_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "mails_key_key" ON "mails"("key");

-- CreateIndex
CREATE INDEX "mails_to_address_attempted_at_idx" ON "mails"("to_address", "attempted_at");

-- What Prisma cannot say ---------------------------------------------------------------------------------------

ALTER TABLE "mails" ADD CONSTRAINT "mails_state_known" CHECK ("state" IN ('planned', 'sending', 'sent', 'unknown', 'dead'));
ALTER TABLE "mails" ADD CONSTRAINT "mails_to_address_lower" CHECK ("to_address" = lower("to_address"));
-- It holds links that log somebody in: what was sent keeps none, and what is still to be sent must have its own.
ALTER TABLE "mails" ADD CONSTRAINT "mails_saying_forgotten" CHECK (("state" <> 'sent' OR "saying" IS NULL) AND ("state" NOT IN ('planned', 'sending') OR "saying" IS NOT NULL));

CREATE INDEX "mails_due" ON "mails" ("next_at") WHERE "state" IN ('planned', 'sending');
-- What an operator has to look at.
CREATE INDEX "mails_undelivered" ON "mails" ("created_at") WHERE "state" IN ('unknown', 'dead');
