-- What people thought of a result: one word each, which they may change.
CREATE TABLE "task_feedback" (
  "task_id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "verdict" TEXT NOT NULL,
  "words" TEXT,
  "at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "task_feedback_pkey" PRIMARY KEY ("task_id", "user_id"),
  CONSTRAINT "task_feedback_verdict" CHECK ("verdict" IN ('good', 'bad'))
);

CREATE INDEX "task_feedback_user_id_idx" ON "task_feedback" ("user_id");

ALTER TABLE "task_feedback" ADD CONSTRAINT "task_feedback_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "task_feedback" ADD CONSTRAINT "task_feedback_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
