-- What the pages about credits ask of the ledger.

-- The journal by time: a month of it, a day of it, the last ninety days. Lines are written nearly in the order of their
-- times, so this grows at its end.
CREATE INDEX "transactions_wallet_id_at_idx" ON "transactions"("wallet_id", "at");

-- A member's limit goes with the person. Who was limited as a chat account, before it was linked to a user, is the same
-- person afterwards and on every other platform; linking is no way out. As before otherwise (see the ledger's migration).
CREATE OR REPLACE FUNCTION ledger_room(wallet uuid, member text, channel text, at timestamptz, limit_ids uuid[], counted bigint[])
RETURNS limit_room[] LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  names text[] := ARRAY[member];
BEGIN
  IF member ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' THEN
    names := names || ARRAY(SELECT i.id::text FROM identities i WHERE i.user_id = member::uuid);
  END IF;
  RETURN ARRAY(
    SELECT (r.id, r.kind, r.credits, r.period, r.starts_at, r.resets_at, r.free)::limit_room
    FROM (
      SELECT p.*, (p.starts_at AT TIME ZONE p.time_zone + p.length) AT TIME ZONE p.time_zone AS resets_at,
        p.credits - coalesce((SELECT u.held + u.used FROM limit_uses u WHERE u.limit_id = p.id AND u.starts_at = p.starts_at), 0)
          - coalesce(counted[array_position(limit_ids, p.id)], 0) AS free
      FROM (
        SELECT x.*,
          CASE x.period WHEN 'total' THEN 'epoch' ELSE date_trunc(x.period, at, x.time_zone) END AS starts_at,
          CASE x.period WHEN 'total' THEN NULL ELSE ('1 ' || x.period)::interval END AS length
        FROM limits x
        WHERE x.wallet_id = wallet AND x.removed_at IS NULL AND CASE x.kind
          WHEN 'team' THEN true
          WHEN 'member' THEN x.subject = ANY (names)
          ELSE x.subject = channel
        END
      ) p
    ) r ORDER BY r.free, r.kind, r.period
  );
END $$;
