-- Posts that ask for approval: once that is decided, wherever it is, their buttons go and they say so. All of it is decoration.

-- CreateTable
CREATE TABLE "approval_posts" (
    "task_id" UUID NOT NULL,
    "letter_id" UUID NOT NULL,
    "platform" TEXT NOT NULL,
    "message_ref" TEXT NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "approval_posts_pkey" PRIMARY KEY ("task_id")
);

-- CreateIndex
CREATE INDEX "approval_posts_platform_due_at_idx" ON "approval_posts"("platform", "due_at");

-- AddForeignKey
ALTER TABLE "approval_posts" ADD CONSTRAINT "approval_posts_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say ---------------------------------------------------------------------------------------

-- The post is there. It is edited at once where its task was decided before, and otherwise when that happens; what is decided in
-- this very moment is found when the task would have expired.
CREATE FUNCTION "approval_posts_begin"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO approval_posts (task_id, letter_id, platform, message_ref, due_at)
  SELECT t.id, NEW.id, c.platform, NEW.message_ref,
    CASE WHEN t.status = 'awaiting_approval' THEN greatest(t.deadline_at, NEW.sent_at) + interval '10 minutes' ELSE NEW.sent_at END
  FROM tasks t JOIN conversations c ON c.id = t.conversation_id WHERE t.id = NEW.task_id
  ON CONFLICT (task_id) DO NOTHING;
  RETURN NULL;
EXCEPTION WHEN foreign_key_violation THEN
  RETURN NULL;
END $$;
CREATE TRIGGER "approval_posts_begin" AFTER UPDATE OF "state" ON "letters"
  FOR EACH ROW WHEN (NEW.state = 'sent' AND OLD.state <> 'sent' AND NEW.message_ref IS NOT NULL AND NEW.part = 0 AND NEW.saying ->> 'kind' = 'approval')
  EXECUTE FUNCTION "approval_posts_begin"();

CREATE FUNCTION "approval_posts_due"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE approval_posts SET due_at = '-infinity' WHERE task_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER "approval_posts_due" AFTER UPDATE OF "status" ON "tasks"
  FOR EACH ROW WHEN (OLD.status = 'awaiting_approval' AND NEW.status <> 'awaiting_approval')
  EXECUTE FUNCTION "approval_posts_due"();
