-- Low credits: what a team was told, until it is refilled.

CREATE TABLE "alerts" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    -- Percent of the last purchase, or days: the credits end soon.
    "kind" TEXT NOT NULL,
    "raised_at" TIMESTAMPTZ(3) NOT NULL,
    -- When credits came that lifted the balance above it.
    "cleared_at" TIMESTAMPTZ(3),

    CONSTRAINT "alerts_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "alerts_kind" CHECK ("kind" IN ('50', '20', '5', 'days'))
);
CREATE UNIQUE INDEX "alerts_once" ON "alerts" ("team_id", "kind") WHERE "cleared_at" IS NULL;
CREATE INDEX "alerts_team_id_idx" ON "alerts" ("team_id");
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Up to which line of its journal a team's balance was looked at, and the day on which its channel was told.
CREATE TABLE "alert_looks" (
    "team_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "looked_at" TIMESTAMPTZ(3) NOT NULL,
    "told_chat_on" DATE,

    CONSTRAINT "alert_looks_pkey" PRIMARY KEY ("team_id")
);
ALTER TABLE "alert_looks" ADD CONSTRAINT "alert_looks_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Kinds of emails that a person does not want. Receipts, refunds and disputes always come.
ALTER TABLE "users" ADD COLUMN "unwanted_mails" TEXT[] NOT NULL DEFAULT '{}';

-- What a team got back in a month for results that were not useful.
CREATE INDEX "lots_goodwill" ON "lots" ("wallet_id", "created_at") WHERE "source" = 'goodwill';
