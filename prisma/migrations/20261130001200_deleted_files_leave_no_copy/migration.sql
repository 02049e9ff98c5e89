-- When an export ended because somebody deleted a file that it holds. Null for all others.
ALTER TABLE "exports" ADD COLUMN "file_deleted_at" TIMESTAMPTZ(3);
