// Adds the whole ledger up again, independently of the functions and guards that keep it: whoever switched those off to
// change something is found here. It only reads, from one snapshot, so it may run beside the product.

import type pg from 'pg';
import type { WalletId } from '#core/domain/ids.ts';

export interface LedgerReport {
  readonly wallets: number;
  readonly transactions: number;
  readonly lots: number;
  readonly holds: number;
  /** The first by wallet and line; null when all is well. */
  readonly wrong: Wrong | null;
}

export interface Wrong {
  readonly walletId: WalletId;
  /** The line of its journal; null when it is the wallet itself, a lot, a hold or a limit. */
  readonly seq: string | null;
  readonly what: string;
}

export async function verifyLedger(database: pg.Client | pg.PoolClient): Promise<LedgerReport> {
  await database.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    return await addUp(database);
  } finally {
    await database.query('ROLLBACK');
  }
}

/** In the caller's transaction. `before` is called before each rule. */
export async function addUp(
  database: pg.Client | pg.PoolClient,
  { wallet, before = async () => {} }: { wallet?: WalletId; before?: () => Promise<void> } = {},
): Promise<LedgerReport> {
  const within = wallet === undefined ? { tables: '', values: [] } : { tables: ofOneWallet, values: [wallet] };
  await before();
  const { rows } = await database.query<Omit<LedgerReport, 'wrong'>>(`${within.tables} ${counts}`, within.values);
  const wrongs: Wrong[] = [];
  for (const [what, sql] of Object.entries(rules)) {
    await before();
    const found = await database.query<{ wallet_id: WalletId; seq: string | null; detail: string | null }>(
      `${within.tables} SELECT * FROM (${sql}) AS found (wallet_id, seq, detail) ORDER BY wallet_id, seq LIMIT 1`,
      within.values,
    );
    for (const { wallet_id, seq, detail } of found.rows)
      wrongs.push({ walletId: wallet_id, seq, what: detail === null ? what : `${what} (${detail})` });
  }
  return { ...rows[0]!, wrong: wrongs.sort(byPlace)[0] ?? null };
}

function byPlace(a: Wrong, b: Wrong): number {
  // A line says more than a sum that is wrong because of it.
  if (a.walletId === b.walletId && (a.seq === null || b.seq === null)) return Number(a.seq === null) - Number(b.seq === null);
  if (a.walletId !== b.walletId) return a.walletId < b.walletId ? -1 : 1;
  return Number(BigInt(a.seq!) - BigInt(b.seq!));
}

// The same tables with what belongs to one wallet: the rules below then see nothing else. Holds are found by the lines that
// opened them, so one that no line tells of is only found by looking at all wallets.
const ofOneWallet = `WITH wallets AS (SELECT * FROM wallets WHERE id = $1), transactions AS (SELECT * FROM transactions WHERE wallet_id = $1),
  lots AS (SELECT * FROM lots WHERE wallet_id = $1), holds AS (SELECT * FROM holds WHERE id IN (SELECT hold_id FROM transactions)),
  limits AS (SELECT * FROM limits WHERE wallet_id = $1), hold_limits AS (SELECT * FROM hold_limits WHERE hold_id IN (SELECT id FROM holds)),
  limit_uses AS (SELECT * FROM limit_uses WHERE limit_id IN (SELECT id FROM limits)),
  ledger_reconcile AS (SELECT * FROM ledger_reconcile WHERE wallet_id = $1)`;

const counts = `SELECT (SELECT count(*)::int FROM wallets) AS wallets, (SELECT count(*)::int FROM transactions) AS transactions,
  (SELECT count(*)::int FROM lots) AS lots, (SELECT count(*)::int FROM holds) AS holds`;

// What would be wrong, and how to find it: wallet, line, and a detail that names the row.
const rules: Record<string, string> = {
  // The chain of each journal.
  'a line before this one is missing': `
    SELECT wallet_id, seq, NULL FROM (SELECT wallet_id, seq, row_number() OVER (PARTITION BY wallet_id ORDER BY seq) AS place FROM transactions) t WHERE seq <> place - 1`,
  'it does not follow from the line before': `
    SELECT wallet_id, seq, NULL FROM (
      SELECT t.*, row(lag(balance, 1, 0::bigint) OVER lines, lag(held, 1, 0::bigint) OVER lines, lag(debt, 1, 0::bigint) OVER lines) AS before
      FROM transactions t WINDOW lines AS (PARTITION BY wallet_id ORDER BY seq)
    ) t WHERE row(balance - credits, held - held_change, debt - debt_change) <> before`,
  'it moves what a line of its type may not': `
    SELECT wallet_id, seq, type FROM transactions WHERE held NOT BETWEEN 0 AND balance OR debt < 0 OR overrun < 0 OR (seq > 0) = (type = 'open') OR NOT CASE type
      WHEN 'open' THEN credits = 0 AND held_change = 0 AND debt_change = 0 AND task_id IS NULL
      WHEN 'hold' THEN credits = 0 AND held_change > 0 AND debt_change = 0 AND task_id IS NOT NULL AND hold_id IS NOT NULL
      -- The task was charged debt_change - credits; the rest of the change in credits paid a debt.
      WHEN 'settle' THEN held_change <= credits AND credits < debt_change AND debt_change <= 0 AND task_id IS NOT NULL AND hold_id IS NULL
      WHEN 'release' THEN held_change <= credits AND credits = debt_change AND debt_change <= 0 AND task_id IS NOT NULL AND hold_id IS NULL
      WHEN 'hold_expiry' THEN held_change <= credits AND credits = debt_change AND debt_change <= 0 AND task_id IS NOT NULL AND hold_id IS NULL
      WHEN 'grant' THEN credits >= 0 AND held_change = 0 AND debt_change <= 0 AND task_id IS NULL AND key IS NOT NULL AND payment_id IS NULL
      WHEN 'purchase' THEN credits >= 0 AND held_change = 0 AND debt_change <= 0 AND task_id IS NULL AND key IS NOT NULL AND payment_id IS NOT NULL
      WHEN 'restore' THEN credits >= 0 AND held_change = 0 AND debt_change <= 0 AND task_id IS NULL AND key IS NOT NULL AND payment_id IS NOT NULL
      WHEN 'clawback' THEN credits <= 0 AND held_change = 0 AND debt_change >= 0 AND task_id IS NULL AND key IS NOT NULL
      WHEN 'lot_expiry' THEN credits < 0 AND held_change = 0 AND debt_change = 0 AND task_id IS NULL
      ELSE false
    END`,
  'its lots do not add up to its credits': `
    SELECT wallet_id, seq, NULL FROM transactions WHERE credits <> (SELECT coalesce(sum(c), 0) FROM unnest(lot_credits) c)`,
  'the task was closed before': `
    SELECT wallet_id, seq, 'task ' || task_id FROM (
      SELECT wallet_id, seq, task_id, row_number() OVER (PARTITION BY task_id ORDER BY at, wallet_id, seq) AS place FROM transactions WHERE task_id IS NOT NULL AND hold_id IS NULL
    ) t WHERE place > 1`,
  'the payment was bought before': `
    SELECT wallet_id, seq, 'payment ' || payment_id FROM (
      SELECT wallet_id, seq, payment_id, row_number() OVER (PARTITION BY payment_id ORDER BY at, wallet_id, seq) AS place FROM transactions WHERE type = 'purchase'
    ) t WHERE place > 1`,
  'more was taken back of the payment than it bought, or given back than was taken': `
    SELECT wallet_id, seq, 'payment ' || payment_id FROM (
      SELECT t.*, sum(credits - debt_change) OVER lines AS standing, sum(credits - debt_change) FILTER (WHERE type = 'purchase') OVER lines AS bought
      FROM transactions t WHERE payment_id IS NOT NULL WINDOW lines AS (PARTITION BY wallet_id, payment_id ORDER BY seq)
    ) t WHERE (standing BETWEEN 0 AND bought) IS NOT TRUE`,

  // Holds and the lines that opened and closed them.
  'there is no hold like this': `
    SELECT t.wallet_id, t.seq, 'hold ' || t.hold_id FROM transactions t LEFT JOIN holds h ON h.id = t.hold_id
    WHERE t.type = 'hold' AND row(h.wallet_id, h.seq, h.task_id, h.credits, h.opened_at) IS DISTINCT FROM row(t.wallet_id, t.seq, t.task_id, t.held_change, t.at)`,
  'it does not close the holds that say so': `
    SELECT t.wallet_id, t.seq, 'task ' || t.task_id FROM transactions t
    LEFT JOIN (SELECT wallet_id, closed_seq, sum(credits) AS credits, sum(charged) AS charged FROM holds GROUP BY wallet_id, closed_seq) h ON h.wallet_id = t.wallet_id AND h.closed_seq = t.seq
    WHERE t.task_id IS NOT NULL AND t.hold_id IS NULL AND row(h.credits, h.charged) IS DISTINCT FROM row(-t.held_change::numeric, (t.debt_change - t.credits)::numeric)`,
  'no line opened a hold': `
    SELECT h.wallet_id, NULL::bigint, 'hold ' || h.id FROM holds h LEFT JOIN transactions t ON t.hold_id = h.id AND t.task_id = h.task_id AND t.type = 'hold' WHERE t.seq IS NULL`,
  'no line closed a hold that is closed': `
    SELECT h.wallet_id, h.closed_seq, 'hold ' || h.id FROM holds h
    LEFT JOIN transactions t ON t.wallet_id = h.wallet_id AND t.seq = h.closed_seq AND t.task_id = h.task_id AND t.at = h.closed_at AND t.hold_id IS NULL
    WHERE h.closed_seq IS NOT NULL AND t.seq IS NULL`,
  'a hold does not stand on lots of its worth': `
    SELECT wallet_id, NULL::bigint, 'hold ' || id FROM holds WHERE credits <> (SELECT coalesce(sum(c), 0) FROM unnest(lot_credits) c)`,

  // What each lot holds.
  'its lot is not as it was credited': `
    SELECT t.wallet_id, t.seq, 'lot ' || t.lots[1] FROM transactions t LEFT JOIN lots l ON l.id = t.lots[1]
    WHERE t.type IN ('grant', 'purchase', 'restore')
      AND row(l.wallet_id, l.credits, l.payment_id, l.created_at) IS DISTINCT FROM row(t.wallet_id, t.credits - t.debt_change, t.payment_id, t.at)`,
  'a lot has not what its journal gave it': `
    SELECT coalesce(l.wallet_id, t.wallet_id), NULL::bigint, 'lot ' || coalesce(l.id, t.lot) FROM lots l
    FULL JOIN (
      SELECT t.wallet_id, c.lot, sum(c.credits) AS credits FROM transactions t CROSS JOIN unnest(t.lots, t.lot_credits) AS c (lot, credits) GROUP BY t.wallet_id, c.lot
    ) t ON t.lot = l.id AND t.wallet_id = l.wallet_id
    WHERE l.id IS NULL OR l.remaining <> coalesce(t.credits, 0) OR l.remaining NOT BETWEEN 0 AND l.credits`,
  'a lot is not pinned as open holds say': `
    SELECT coalesce(l.wallet_id, h.wallet_id), NULL::bigint, 'lot ' || coalesce(l.id, h.lot) FROM lots l
    FULL JOIN (
      SELECT h.wallet_id, c.lot, sum(c.credits) AS credits FROM holds h CROSS JOIN unnest(h.lots, h.lot_credits) AS c (lot, credits) WHERE h.closed_seq IS NULL GROUP BY h.wallet_id, c.lot
    ) h ON h.lot = l.id AND h.wallet_id = l.wallet_id
    WHERE l.id IS NULL OR l.pinned <> coalesce(h.credits, 0) OR l.pinned NOT BETWEEN 0 AND l.remaining`,

  // The wallet, which is what all of this adds up to.
  'the wallet is not where its journal ends': `
    SELECT w.id, w.seq, NULL FROM wallets w
    LEFT JOIN LATERAL (SELECT * FROM transactions t WHERE t.wallet_id = w.id ORDER BY seq DESC LIMIT 1) t ON true
    WHERE row(w.seq, w.balance, w.held, w.debt) IS DISTINCT FROM row(t.seq, t.balance, t.held, t.debt)`,
  'there is no wallet for this journal': `
    SELECT DISTINCT t.wallet_id, NULL::bigint, NULL FROM transactions t WHERE t.seq = 0 AND NOT EXISTS (SELECT FROM wallets w WHERE w.id = t.wallet_id)`,
  'the wallet is not the sum of its parts': `
    SELECT wallet_id, NULL::bigint, NULL FROM ledger_reconcile
    WHERE row(balance_and_journal, balance_and_lots, held_and_journal, held_and_pins, held_and_holds, debt_and_journal, seq_and_journal) <> row(0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::bigint)`,

  // What was counted against limits.
  'a hold does not count against limits as it says': `
    SELECT wallet_id, seq, 'hold ' || id FROM holds WHERE limited <> EXISTS (SELECT FROM hold_limits c WHERE c.hold_id = holds.id)`,
  'a limit counts other credits than its holds': `
    SELECT l.wallet_id, NULL::bigint, 'limit ' || l.id FROM limits l
    JOIN (
      SELECT limit_id, starts_at, person, sum(held) AS held, sum(used) AS used FROM (
        SELECT limit_id, starts_at, person, held::numeric AS held, used::numeric AS used FROM limit_uses
        UNION ALL
        SELECT c.limit_id, c.starts_at, c.person, -CASE WHEN h.closed_seq IS NULL THEN h.credits ELSE 0 END, -coalesce(h.charged, 0) FROM hold_limits c JOIN holds h ON h.id = c.hold_id
      ) u GROUP BY limit_id, starts_at, person
    ) u ON u.limit_id = l.id
    WHERE u.held <> 0 OR u.used <> 0`,
};
