-- Guessing is slowed down instead of locking an account, and a one-time code works once.

-- AlterTable
ALTER TABLE "two_factors" ADD COLUMN "last_used_step" INTEGER;

-- What Prisma cannot say ---------------------------------------------------------------------------------------

-- Takes one attempt. Answers 0 when it may be made, else how many seconds to wait; an attempt that has to wait is not
-- counted. The first `free` attempts need no wait, and each one after that doubles it, from `first_s` up to `most_s` seconds.
-- The count starts again once nothing was attempted for `forget_s` seconds. Attempts in flight count as failed, so that many
-- at the same moment do not pass a limit together; the caller gives back those that turn out right.
CREATE FUNCTION "attempt_take"(name text, free int, first_s int, most_s int, forget_s int, at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  row rate_limits;
  before int;
  wait_s double precision;
BEGIN
  INSERT INTO rate_limits AS r (key, count, ends_at) VALUES (name, 0, at)
    ON CONFLICT (key) DO UPDATE SET count = r.count RETURNING * INTO row;
  before := CASE WHEN row.ends_at <= at THEN 0 ELSE row.count END;
  IF before >= free THEN
    wait_s := extract(epoch FROM row.ends_at - at) - forget_s + least(most_s, first_s * 2 ^ least(before - free, 20));
    IF wait_s > 0 THEN RETURN ceil(wait_s)::int; END IF;
  END IF;
  UPDATE rate_limits r SET count = before + 1, ends_at = at + make_interval(secs => forget_s) WHERE r.key = name;
  IF before = 0 THEN
    DELETE FROM rate_limits WHERE key IN (SELECT o.key FROM rate_limits o WHERE o.ends_at <= at ORDER BY o.ends_at LIMIT 10 FOR UPDATE SKIP LOCKED);
  END IF;
  RETURN 0;
END $$;

-- Cookies that skipped the second factor for 30 days are not accepted any more. No other row lasts longer than a day.
DELETE FROM "verifications" WHERE "expires_at" > now() + interval '2 days';
