-- When an export ended because somebody deleted a file that it holds. Null for all others.
ALTER TABLE "exports" ADD COLUMN "file_deleted_at" TIMESTAMPTZ(3);

-- As before, but a file that was deleted before a request named it takes no place any more.
CREATE OR REPLACE FUNCTION "upload_begin"(
  upload uuid, team uuid, person uuid, bytes bigint, at timestamptz, until timestamptz,
  team_files int, team_bytes bigint, person_files int, person_bytes bigint, person_arriving int
) RETURNS TABLE (full_share text, waiting int) LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  mine record;
  ours record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('uploads:' || team, 0));
  SELECT count(*)::int AS files, coalesce(sum(u.size_bytes), 0)::bigint AS bytes, (count(*) FILTER (WHERE u.arrived_at IS NULL))::int AS arriving
    INTO mine
    FROM uploads u LEFT JOIN files f ON f.id = u.id
    WHERE u.team_id = team AND u.user_id = person AND u.expires_at > at
      AND (u.arrived_at IS NULL OR (f.task_id IS NULL AND f.removed_at IS NULL AND f.deleted_at IS NULL));
  -- Files that were kept before there were places count all the same.
  SELECT count(*)::int AS files, coalesce(sum(w.bytes), 0)::bigint AS bytes INTO ours FROM (
    SELECT u.size_bytes AS bytes FROM uploads u WHERE u.team_id = team AND u.arrived_at IS NULL AND u.expires_at > at
    UNION ALL
    SELECT f.size_bytes FROM files f WHERE f.task_id IS NULL AND f.team_id = team AND f.role = 'input' AND f.removed_at IS NULL AND f.deleted_at IS NULL
  ) w;
  IF ours.files >= team_files OR ours.bytes + bytes > team_bytes THEN
    RETURN QUERY SELECT 'team', ours.files;
  ELSIF mine.files >= person_files OR mine.bytes + bytes > person_bytes THEN
    RETURN QUERY SELECT 'person', mine.files;
  ELSIF mine.arriving >= person_arriving THEN
    RETURN QUERY SELECT 'arriving', mine.arriving;
  ELSE
    INSERT INTO uploads (id, team_id, user_id, size_bytes, begun_at, expires_at) VALUES (upload, team, person, bytes, at, until);
    RETURN QUERY SELECT NULL::text, ours.files;
  END IF;
END $$;
