-- Logging in: a second factor, how often somebody may try, and which team somebody looks at.

-- AlterTable
ALTER TABLE "users" ADD COLUMN "two_factor_enabled" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN "active_team_id" UUID;

-- CreateTable
CREATE TABLE "two_factors" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "secret" TEXT NOT NULL,
    "backup_codes" TEXT NOT NULL,
    "verified" BOOLEAN NOT NULL DEFAULT true,
    "failed_verification_count" INTEGER NOT NULL DEFAULT 0,
    "locked_until" TIMESTAMPTZ(3),

    CONSTRAINT "two_factors_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_limits" (
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "two_factors_user_id_key" ON "two_factors"("user_id");

-- CreateIndex
CREATE INDEX "rate_limits_ends_at_idx" ON "rate_limits"("ends_at");

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_active_team_id_fkey" FOREIGN KEY ("active_team_id") REFERENCES "teams"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "two_factors" ADD CONSTRAINT "two_factors_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say ---------------------------------------------------------------------------------------

-- Whoever shows something to somebody who was just logged out stops at once, whichever way the session ended.
CREATE FUNCTION "sessions_ended"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('impacter', 'session:' || user_id) FROM (SELECT DISTINCT user_id FROM gone) g;
  RETURN NULL;
END $$;
CREATE TRIGGER "sessions_ended" AFTER DELETE ON "sessions" REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION "sessions_ended"();

-- One attempt more of what `most` attempts are allowed in a window of so many seconds, counted from the first: 0 when it is
-- allowed, else how many seconds are left. A few windows that are over go with each new one, so that they never pile up.
CREATE FUNCTION "rate_limit_take"(name text, most int, window_s int, at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  row rate_limits;
BEGIN
  INSERT INTO rate_limits AS r (key, count, ends_at) VALUES (name, 1, at + make_interval(secs => window_s))
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN r.ends_at <= at THEN 1 ELSE least(r.count + 1, most + 1) END,
      ends_at = CASE WHEN r.ends_at <= at THEN at + make_interval(secs => window_s) ELSE r.ends_at END
    RETURNING * INTO row;
  IF row.count = 1 THEN
    DELETE FROM rate_limits WHERE key IN (SELECT o.key FROM rate_limits o WHERE o.ends_at <= at ORDER BY o.ends_at LIMIT 10 FOR UPDATE SKIP LOCKED);
  END IF;
  RETURN CASE WHEN row.count <= most THEN 0 ELSE greatest(1, ceil(extract(epoch FROM row.ends_at - at))::int) END;
END $$;

-- The team that every user has of their own, with its wallet: made once, however often it is asked for. Answers its id.
CREATE FUNCTION "make_home"(person uuid, home uuid, membership uuid, wallet uuid, at timestamptz) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
  found uuid;
BEGIN
  INSERT INTO teams (id, name, personal_of, created_at)
    SELECT home, coalesce(nullif(u.name, ''), split_part(u.email, '@', 1)), u.id, at FROM users u WHERE u.id = person
    ON CONFLICT (personal_of) DO NOTHING;
  SELECT t.id INTO STRICT found FROM teams t WHERE t.personal_of = person;
  INSERT INTO members (id, team_id, user_id, role, created_at) VALUES (membership, found, person, 'owner', at)
    ON CONFLICT (team_id, user_id) DO NOTHING;
  PERFORM ledger_open(wallet, found, at);
  RETURN found;
END $$;
