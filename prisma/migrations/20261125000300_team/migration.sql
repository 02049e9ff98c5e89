-- Teams of several people: invitations, links from chat platforms, and the owner that no team may lose.

-- AlterTable
ALTER TABLE "members" ADD COLUMN     "last_seen_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "invitations" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "invited_by" UUID,
    "sends" INTEGER NOT NULL DEFAULT 1,
    "sent_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "link_requests" (
    "token_hash" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "platform" TEXT NOT NULL,
    "space" TEXT NOT NULL DEFAULT '',
    "external_id" TEXT NOT NULL,
    "account_name" TEXT,
    "place_name" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "link_requests_pkey" PRIMARY KEY ("token_hash")
);

-- CreateIndex
CREATE UNIQUE INDEX "invitations_token_hash_key" ON "invitations"("token_hash");

-- CreateIndex
CREATE INDEX "invitations_team_id_idx" ON "invitations"("team_id");

-- CreateIndex
CREATE INDEX "invitations_email_idx" ON "invitations"("email");

-- CreateIndex
CREATE UNIQUE INDEX "link_requests_kind_platform_space_external_id_key" ON "link_requests"("kind", "platform", "space", "external_id");

-- CreateIndex
CREATE INDEX "link_requests_expires_at_idx" ON "link_requests"("expires_at");

-- CreateIndex
CREATE INDEX "api_keys_team_id_idx" ON "api_keys"("team_id");

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_invited_by_fkey" FOREIGN KEY ("invited_by") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What Prisma cannot say ------------------------------------------------------------------------------------

ALTER TABLE "invitations" ADD CONSTRAINT "invitations_email_lower" CHECK ("email" = lower("email"));
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_role_known" CHECK ("role" IN ('owner', 'admin', 'billing', 'approver', 'member', 'guest'));
-- An invitation ends once, in one way.
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_outcome_known" CHECK ("outcome" IN ('accepted', 'declined', 'revoked', 'expired'));
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_ended" CHECK (("outcome" IS NULL) = ("ended_at" IS NULL));
-- Nobody waits with two invitations to one team.
CREATE UNIQUE INDEX "invitations_open" ON "invitations" ("team_id", "email") WHERE "outcome" IS NULL;
ALTER TABLE "link_requests" ADD CONSTRAINT "link_requests_kind_known" CHECK ("kind" IN ('identity', 'workspace'));

-- A team never loses its last owner, and a personal team keeps its person as one, whoever asks. Two owners who leave at
-- the same time meet at the lock of their team: the second one sees that the first has gone. What is erased whole (a
-- team, a person with their own team) takes its owner along. `erased_at` comes with the migration of custody.
CREATE FUNCTION "team_owners_guard"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  personal uuid;
  erased boolean;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.role = 'owner' AND NEW.team_id = OLD.team_id AND NEW.user_id = OLD.user_id THEN RETURN NULL; END IF;
  SELECT t.personal_of, t.erased_at IS NOT NULL INTO personal, erased FROM teams t WHERE t.id = OLD.team_id FOR NO KEY UPDATE;
  IF NOT FOUND OR erased THEN RETURN NULL; END IF;
  IF personal = OLD.user_id THEN
    IF NOT EXISTS (SELECT FROM users u WHERE u.id = OLD.user_id) THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'team % is the personal team of %', OLD.team_id, OLD.user_id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'team_personal_owner';
  END IF;
  IF NOT EXISTS (SELECT FROM members m WHERE m.team_id = OLD.team_id AND m.role = 'owner') THEN
    RAISE EXCEPTION 'team % would lose its last owner', OLD.team_id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'team_last_owner';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "team_owners" AFTER DELETE OR UPDATE OF "role", "team_id", "user_id" ON "members" FOR EACH ROW
  WHEN (OLD.role = 'owner') EXECUTE FUNCTION "team_owners_guard"();
