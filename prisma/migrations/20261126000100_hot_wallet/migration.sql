-- A hot wallet has one long journal, and so each look-up in it must go by a key, also by a plan that was made while the
-- tables were small: then any index on `wallet_id`, and even reading the whole table, looks as good as the right index, and
-- a connection keeps its plan. Since the journal had an index by time, the guards read all lines of a wallet for each new one.
-- What they refuse is as before (see the ledger's migration).

-- Only the primary key gives the line before without sorting.
CREATE OR REPLACE FUNCTION guard_transactions() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  IF EXISTS (
    SELECT FROM lines l
    WHERE (SELECT l.seq <= w.seq FROM wallets w WHERE w.id = l.wallet_id) IS NOT TRUE
      OR CASE WHEN l.seq = 0 THEN l.balance = 0 AND l.held = 0 AND l.debt = 0 ELSE (
        SELECT t.seq = l.seq - 1
          AND t.balance + l.credits = l.balance AND t.held + l.held_change = l.held AND t.debt + l.debt_change = l.debt
        FROM transactions t WHERE t.wallet_id = l.wallet_id AND t.seq < l.seq ORDER BY t.seq DESC LIMIT 1
      ) END IS NOT TRUE
  ) THEN
    RAISE EXCEPTION 'a journal line does not follow from the one before, or goes beyond its wallet'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transactions_chain';
  END IF;
  RETURN NULL;
END $$;

-- A task has one line for each of its holds, and one that closed them.
CREATE OR REPLACE FUNCTION guard_holds() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  IF EXISTS (
    SELECT FROM changed h WHERE CASE TG_OP
      WHEN 'INSERT' THEN (
        SELECT (t.wallet_id, t.seq, t.held_change) = (h.wallet_id, h.seq, h.credits) AND h.closed_seq IS NULL
        FROM transactions t WHERE t.task_id = h.task_id AND t.hold_id = h.id
      )
      ELSE (
        SELECT (t.wallet_id, t.seq) = (h.wallet_id, h.closed_seq)
        FROM transactions t WHERE t.task_id = h.task_id AND t.hold_id IS NULL
      )
    END IS NOT TRUE
  ) THEN
    RAISE EXCEPTION 'a hold is not what its journal says' USING ERRCODE = 'check_violation', CONSTRAINT = 'holds_follow_journal';
  END IF;
  RETURN NULL;
END $$;

ALTER FUNCTION guard_wallets() SET enable_seqscan = off;
ALTER FUNCTION guard_lots() SET enable_seqscan = off;
