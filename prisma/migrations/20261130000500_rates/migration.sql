-- Takes up to `amounts` of what is left of `mosts` in a window of so many seconds, for many names at once, so that a process
-- can ask for a block and count it down by itself. `rest` is what is left after that, `left_s` how long the window lasts.
-- Names are taken in their order, so two processes cannot wait for each other. A few windows that are over are removed with
-- each new one, so they never pile up.
CREATE FUNCTION "rate_limits_draw"(names text[], mosts int[], amounts int[], windows int[], at timestamptz)
RETURNS TABLE (n int, granted int, rest int, left_s int) LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  want record;
  had int;
  has int;
  until timestamptz;
  began boolean := false;
BEGIN
  FOR want IN
    SELECT g.n::int AS n, g.name, least(g.amount, g.most) AS amount, g.most, make_interval(secs => g.seconds) AS lasts
    FROM unnest(names, mosts, amounts, windows) WITH ORDINALITY AS g (name, most, amount, seconds, n) ORDER BY g.name, g.n
  LOOP
    INSERT INTO rate_limits AS r (key, count, ends_at) VALUES (want.name, want.amount, at + want.lasts)
      ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN r.ends_at <= at THEN want.amount ELSE greatest(r.count, least(r.count + want.amount, want.most)) END,
        ends_at = CASE WHEN r.ends_at <= at THEN at + want.lasts ELSE r.ends_at END
      RETURNING CASE WHEN old.ends_at > at THEN old.count ELSE 0 END, new.count, new.ends_at INTO had, has, until;
    began := began OR had = 0;
    n := want.n;
    granted := has - had;
    rest := greatest(0, want.most - has);
    left_s := greatest(1, ceil(extract(epoch FROM until - at))::int);
    RETURN NEXT;
  END LOOP;
  IF began THEN
    DELETE FROM rate_limits WHERE key IN (SELECT o.key FROM rate_limits o WHERE o.ends_at <= at ORDER BY o.ends_at LIMIT 20 FOR UPDATE SKIP LOCKED);
  END IF;
END $$;
