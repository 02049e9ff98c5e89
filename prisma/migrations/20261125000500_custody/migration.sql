-- Custody: answers that could not be posted, what a team decides about its data, what goes out to its owners, and what is
-- left when a team, a person or a name goes.

-- AlterTable
ALTER TABLE "letters" ADD COLUMN "again_at" TIMESTAMPTZ(3),
ADD COLUMN "may_repeat" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "teams" ADD COLUMN "confirm_above" BIGINT,
ADD COLUMN "deletion_asked_at" TIMESTAMPTZ(3),
ADD COLUMN "deletion_asked_by" UUID,
ADD COLUMN "deletion_at" TIMESTAMPTZ(3),
ADD COLUMN "erased_at" TIMESTAMPTZ(3),
ADD COLUMN "frozen_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "users" ADD COLUMN "deletion_asked_at" TIMESTAMPTZ(3),
ADD COLUMN "deletion_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "audit_entries" ADD COLUMN "erased_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "dead_letters" (
    "letter_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "why" TEXT NOT NULL,
    "may_be_posted" BOOLEAN NOT NULL,
    "died_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3),
    "moved_to" UUID,

    CONSTRAINT "dead_letters_pkey" PRIMARY KEY ("letter_id")
);

-- CreateTable
CREATE TABLE "exports" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "asked_by" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "parts" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "size_bytes" BIGINT,
    "files_missing" INTEGER NOT NULL DEFAULT 0,
    "worker" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "ready_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "exports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "erasure_links" (
    "hash" TEXT NOT NULL,
    "identity_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "erasure_links_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "erasures" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" UUID NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "done_at" TIMESTAMPTZ(3),

    CONSTRAINT "erasures_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_checks" (
    "id" UUID NOT NULL,
    "wallet_id" UUID,
    "outcome" TEXT NOT NULL,
    "report" JSONB NOT NULL,
    "took_ms" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ledger_checks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alarms" (
    "kind" TEXT NOT NULL,
    "raised_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "alarms_pkey" PRIMARY KEY ("kind")
);

-- CreateIndex
CREATE INDEX "dead_letters_team_id_died_at_idx" ON "dead_letters"("team_id", "died_at" DESC);

-- CreateIndex
CREATE INDEX "dead_letters_died_at_idx" ON "dead_letters"("died_at" DESC);

-- CreateIndex
CREATE INDEX "exports_team_id_asked_at_idx" ON "exports"("team_id", "asked_at" DESC);

-- CreateIndex
CREATE INDEX "erasure_links_identity_id_idx" ON "erasure_links"("identity_id");

-- CreateIndex
CREATE UNIQUE INDEX "erasures_kind_subject_key" ON "erasures"("kind", "subject");

-- CreateIndex
CREATE INDEX "ledger_checks_at_idx" ON "ledger_checks"("at" DESC);

-- CreateIndex
CREATE INDEX "tasks_user_id_idx" ON "tasks"("user_id");

-- CreateIndex
CREATE INDEX "tasks_identity_id_idx" ON "tasks"("identity_id");

-- AddForeignKey
ALTER TABLE "dead_letters" ADD CONSTRAINT "dead_letters_letter_id_fkey" FOREIGN KEY ("letter_id") REFERENCES "letters"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "exports" ADD CONSTRAINT "exports_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "erasure_links" ADD CONSTRAINT "erasure_links_identity_id_fkey" FOREIGN KEY ("identity_id") REFERENCES "identities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say ------------------------------------------------------------------------------------

ALTER TABLE "teams" ADD CONSTRAINT "teams_confirm_above_sane" CHECK ("confirm_above" >= 0);
-- A date to go by, and since when: both or none.
ALTER TABLE "teams" ADD CONSTRAINT "teams_deletion_whole" CHECK (("deletion_at" IS NULL) = ("deletion_asked_at" IS NULL));
ALTER TABLE "users" ADD CONSTRAINT "users_deletion_whole" CHECK (("deletion_at" IS NULL) = ("deletion_asked_at" IS NULL));
ALTER TABLE "exports" ADD CONSTRAINT "exports_state_known" CHECK ("state" IN ('waiting', 'working', 'ready', 'failed', 'gone'));
ALTER TABLE "erasures" ADD CONSTRAINT "erasures_kind_known" CHECK ("kind" IN ('team', 'user', 'identity'));
ALTER TABLE "ledger_checks" ADD CONSTRAINT "ledger_checks_outcome_known" CHECK ("outcome" IN ('right', 'wrong', 'too-long'));

-- What a team has not looked at yet: the number on its pages.
CREATE INDEX "dead_letters_unseen" ON "dead_letters" ("team_id") WHERE "seen_at" IS NULL;
-- One export of a team at a time.
CREATE UNIQUE INDEX "exports_one_open" ON "exports" ("team_id") WHERE "state" IN ('waiting', 'working');
CREATE INDEX "exports_kept" ON "exports" ("expires_at") WHERE "state" = 'ready';
-- Few, and looked for every minute.
CREATE INDEX "teams_leaving" ON "teams" ("deletion_at") WHERE "deletion_at" IS NOT NULL AND "erased_at" IS NULL;
CREATE INDEX "users_leaving" ON "users" ("deletion_at") WHERE "deletion_at" IS NOT NULL;

-- Until now nobody wrote down why a letter died.
INSERT INTO "dead_letters" ("letter_id", "team_id", "why", "may_be_posted", "died_at")
SELECT l."id", c."team_id", 'refused', l."attempted_at" IS NOT NULL, coalesce(l."attempted_at", l."created_at")
FROM "letters" l JOIN "conversations" c ON c."id" = l."conversation_id" WHERE l."state" = 'dead';

-- The audit log keeps every line for good: who did what, and when. What a line says about somebody (its subject and facts)
-- can be emptied, once, when the team or the person it tells of is erased; then the line says that it was. Nothing else of
-- it ever changes, and no line goes.
CREATE FUNCTION "audit_entries_guard"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.subject IS NULL AND NEW.facts = '{}'::jsonb
      AND row(NEW.id, NEW.at, NEW.actor, NEW.act, NEW.team_id) IS NOT DISTINCT FROM row(OLD.id, OLD.at, OLD.actor, OLD.act, OLD.team_id)
    THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only';
END $$;
DROP TRIGGER "audit_entries_append_only" ON "audit_entries";
CREATE TRIGGER "audit_entries_append_only" BEFORE UPDATE OR DELETE ON "audit_entries" FOR EACH ROW EXECUTE FUNCTION "audit_entries_guard"();
