-- Edits of a message that made no task, by the message, and forms that were refused, by the task that they were to change. Some 130
-- bytes for each of a month. The table is large, so it is built while intake goes on; that works only where nothing else is in the script.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "asks_changes_without_task" ON "asks" ("key" text_pattern_ops)
  WHERE "outcome" IN ('refused', 'decision') AND ("key" LIKE 'edit:%' OR "key" LIKE 'change:%');
