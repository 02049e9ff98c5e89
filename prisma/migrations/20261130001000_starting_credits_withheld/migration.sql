-- Within a day, only so many people of one email domain and of one network get starting credits.

-- Why the person of this team got none ('domain', 'network'); null when they did, or when nothing was decided yet.
ALTER TABLE "teams" ADD COLUMN "starting_credits_withheld" TEXT;
ALTER TABLE "teams" ADD CONSTRAINT "teams_starting_credits_withheld_known" CHECK ("starting_credits_withheld" IN ('domain', 'network'));

-- What Prisma cannot say ---------------------------------------------------------------------------------------

-- One of each of these, all or none, in windows of so many seconds. Answers 0 when they were taken, else which of them was used
-- up, counted from 1. Rows are locked in the order given, so callers name theirs in one order; rows that are over are removed
-- by the other functions.
CREATE FUNCTION "rate_limits_take_all"(names text[], mosts int[], window_s int, at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  taken int;
BEGIN
  FOR i IN 1 .. cardinality(names) LOOP
    INSERT INTO rate_limits AS r (key, count, ends_at) VALUES (names[i], 0, at + make_interval(secs => window_s))
      ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN r.ends_at <= at THEN 0 ELSE r.count END,
        ends_at = CASE WHEN r.ends_at <= at THEN at + make_interval(secs => window_s) ELSE r.ends_at END
      RETURNING r.count INTO taken;
    IF taken >= mosts[i] THEN RETURN i; END IF;
  END LOOP;
  UPDATE rate_limits r SET count = r.count + 1 WHERE r.key = ANY (names);
  RETURN 0;
END $$;
