-- All lost files of a request are named, not just the first. Why a file cannot be had; its row then waits at most until
-- `next_at` for what becomes of the others, and the task ends. The version before tries such a file again and ends the task.
ALTER TABLE "waiting_inputs" ADD COLUMN "lost" TEXT;
