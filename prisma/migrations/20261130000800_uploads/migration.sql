-- Uploads take their place before their first byte is read, so that no number of slow ones passes a limit. A place is the
-- upload's own while it arrives and while its file waits for a request to name it; then, and after `expires_at`, it counts
-- no more. A file that is deleted before a request named it takes none.
CREATE TABLE "uploads" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "begun_at" TIMESTAMPTZ(3) NOT NULL,
    "arrived_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "uploads_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "uploads_team_id_idx" ON "uploads"("team_id");
CREATE INDEX "uploads_user_id_idx" ON "uploads"("user_id");
CREATE INDEX "uploads_expires_at_idx" ON "uploads"("expires_at");
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "teams"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Takes a place for an upload, or says whose share is used up: `team` or `person`, and how many files that are. Those who
-- ask for the same team at the same time wait for one another, and each sees what the one before took.
CREATE FUNCTION "upload_begin"(
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
