-- The journal by time, for those alone who ask by time: they say `seq >= 0`, which is true of every line. Without that the
-- planner can't take this index, not even where it believes that each wallet has next to no lines, and so any index will do.
DROP INDEX "transactions_wallet_id_at_idx";
CREATE INDEX "transactions_by_time" ON "transactions" ("wallet_id", "at") WHERE "seq" >= 0;
