-- What live pages and the history need.

-- Credits that move with a task are announced by intake and finish, once for each team. Everything else that moves them
-- (a grant, a purchase, what is taken back, what expires) is announced here, wherever it is done; a task's own lines
-- cost a look at their type, and nothing more.
CREATE FUNCTION "transactions_tell"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('impacter', 'wallet:' || (SELECT w.team_id FROM wallets w WHERE w.id = NEW.wallet_id));
  RETURN NULL;
END $$;
CREATE TRIGGER "transactions_tell" AFTER INSERT ON "transactions"
  FOR EACH ROW WHEN (NEW.type NOT IN ('open', 'hold', 'release', 'settle')) EXECUTE FUNCTION "transactions_tell"();

-- What somebody thought of a result: one word of each person about each task, and the last one counts.
CREATE TABLE "feedback" (
    "task_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "verdict" TEXT NOT NULL,
    "words" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "feedback_pkey" PRIMARY KEY ("task_id","user_id")
);
CREATE INDEX "feedback_user_id_idx" ON "feedback"("user_id");
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_verdict_known" CHECK ("verdict" IN ('good', 'bad'));
