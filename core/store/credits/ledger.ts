// Credits move only through the functions of the ledger's migration, which keep the rules; here are their types.
// Everything is idempotent under an id or key that the caller made before, so that it may be asked again after any error.

import { micro, type Credits } from '#core/domain/credits/credits.ts';
import type { LimitKind, LimitPeriod } from '#core/domain/credits/limit.ts';
import type { HoldId, Id, TaskId, TeamId, WalletId } from '#core/domain/ids.ts';
import { groupCommit } from '../database/group-commit.ts';
import type { Money } from '../database/money.ts';

export type LotId = Id<'lot'>;

export interface Ledger {
  /** Opens the wallet of a team, or gives the one it has. */
  open(wallet: WalletId, team: TeamId, at: Date): Promise<WalletId>;
  hold(request: HoldRequest, at: Date): Promise<HoldAnswer>;
  /** Closes all holds of a task: takes the charge as far as it was held, and gives the rest back. */
  close(request: CloseRequest, at: Date): Promise<CloseAnswer>;
  credit(request: CreditRequest, at: Date): Promise<CreditAnswer>;
  clawback(request: ClawbackRequest, at: Date): Promise<ClawbackAnswer>;
  /** For upkeep: what is due in wallets that nobody uses. Any other movement expires what is due in its wallet anyway. */
  expireLots(at: Date): Promise<{ walletId: WalletId; lotId: LotId; credits: Credits }[]>;
  /** For upkeep: returns what is held for tasks that are over or gone, and never what a live task holds. */
  expireHolds(at: Date): Promise<{ taskId: TaskId; walletId: WalletId; returned: Credits }[]>;
}

/** The wallet right after the movement. */
export interface WalletState {
  readonly balance: Credits;
  readonly held: Credits;
  /** balance - held */
  readonly available: Credits;
  readonly debt: Credits;
}

export interface HoldRequest {
  readonly hold: HoldId;
  /** An extension is another hold of the same task. */
  readonly task: TaskId;
  readonly wallet: WalletId;
  readonly credits: Credits;
  /** Whose limits apply: a user or an identity. */
  readonly member?: string | null;
  readonly channel?: string | null;
  readonly actor?: string | null;
}

/** What each outcome means stands at ledger_hold in the migration. */
export type HoldAnswer =
  | (WalletState & { readonly outcome: 'held' | 'repeated' | 'closed' | 'conflict' })
  | (WalletState & { readonly outcome: 'short'; readonly refused: ShortOfCredits })
  | (WalletState & { readonly outcome: 'limit'; readonly refused: LimitReached })
  | { readonly outcome: 'unknown' };

export interface ShortOfCredits {
  readonly code: 'credits.short';
  readonly facts: { readonly need: string; readonly have: string };
}

export interface LimitReached {
  readonly code: 'limit.reached';
  readonly facts: {
    readonly whose: LimitKind;
    readonly need: string;
    readonly left: string;
    readonly limit: string;
    readonly limitId: string;
    readonly period: LimitPeriod;
    readonly resetsAt: string | null;
  };
}

export interface CloseRequest {
  readonly task: TaskId;
  /** 0 is a release. */
  readonly charge: Credits;
  readonly actor?: string | null;
  readonly note?: string | null;
  /** Rates, usage: whatever explains the charge later. */
  readonly facts?: object | null;
}

export type CloseAnswer =
  | (WalletState & {
      readonly outcome: 'closed' | 'repeated' | 'conflict';
      readonly charged: Credits;
      readonly returned: Credits;
      /** What the charge was above the hold. Nobody pays it. */
      readonly overrun: Credits;
    })
  | { readonly outcome: 'unknown' };

export interface CreditRequest {
  readonly key: string;
  readonly wallet: WalletId;
  readonly lot: LotId;
  readonly type: 'grant' | 'purchase' | 'restore';
  readonly credits: Credits;
  /** Where they come from, such as `welcome`, `operator`, `stripe`. */
  readonly source: string;
  /** Lower is spent first. Without it grants go before what was bought. */
  readonly priority?: number | null;
  readonly expiresAt?: Date | null;
  readonly payment?: string | null;
  readonly money?: MoneyAmount | null;
  readonly actor?: string | null;
  readonly note?: string | null;
}

/** In minor units: 1999 of USD is $19.99. */
export interface MoneyAmount {
  readonly amount: bigint;
  readonly currency: string;
}

export type CreditAnswer = WalletState & {
  readonly outcome: 'credited' | 'repeated';
  readonly lotId: LotId;
  readonly credited: Credits;
  readonly debtPaid: Credits;
};

export interface ClawbackRequest {
  readonly key: string;
  readonly wallet: WalletId;
  readonly credits: Credits;
  /** Its own lots go first, and no more is taken than it still stands for. */
  readonly payment?: string | null;
  readonly money?: MoneyAmount | null;
  readonly actor?: string | null;
  readonly note?: string | null;
}

export type ClawbackAnswer = WalletState & {
  readonly outcome: 'clawed' | 'repeated';
  readonly taken: Credits;
  /** What could not be taken, and is debt now. */
  readonly owed: Credits;
};

/** The same key or payment was used for something else, or it names a wallet or payment that is not there: a bug of the caller. */
export class LedgerConflict extends Error {
  readonly code = 'ledger.conflict';
}

const LARGEST_BATCH = 256;

export function ledgerOver(money: Money): Ledger {
  const hold = batched(money, 'ledger_hold', (request: HoldRequest) => request, byWallet, readHold);
  const close = batched(
    money,
    'ledger_close',
    (request: CloseRequest) => request,
    ({ task }) => task,
    readClose,
  );
  const credit = batched(money, 'ledger_credit', withMoney<CreditRequest>, byWallet, readCredit);
  const clawback = batched(money, 'ledger_clawback', withMoney<ClawbackRequest>, byWallet, readClawback);
  return {
    hold,
    close,
    credit,
    clawback,
    async open(wallet, team, at) {
      const { rows } = await money.query<{ id: WalletId }>({ text: 'SELECT ledger_open($1, $2, $3) AS id' }, [wallet, team, at]);
      return rows[0]!.id;
    },
    async expireLots(at) {
      const { rows } = await money.query<{ wallet_id: WalletId; lot_id: LotId; credits: string }>(
        { text: 'SELECT * FROM ledger_expire_lots($1)' },
        [at],
      );
      return rows.map((row) => ({ walletId: row.wallet_id, lotId: row.lot_id, credits: micro(row.credits) }));
    },
    async expireHolds(at) {
      const { rows } = await money.query<{ task_id: TaskId; wallet_id: WalletId; returned: string }>(
        { text: 'SELECT * FROM ledger_expire_holds($1)' },
        [at],
      );
      return rows.map((row) => ({ taskId: row.task_id, walletId: row.wallet_id, returned: micro(row.returned) }));
    },
  };
}

/** Makes a function of the migration, which takes many requests, into one for single requests. */
function batched<Request, Row extends { n: number }, Answer>(
  money: Money,
  name: string,
  toSql: (request: Request) => object,
  keyOf: (request: Request) => string,
  read: (row: Row) => Answer,
): (request: Request, at: Date) => Promise<Answer> {
  const answer = groupCommit<{ request: Request; at: Date }, Row>({
    most: LARGEST_BATCH,
    keyOf: ({ request }) => keyOf(request),
    async run(batch, lane) {
      const requests = JSON.stringify(
        batch.map(({ request }, n) => ({ n, ...toSql(request) })),
        storable,
      );
      // One statement has one time: that of its newest request.
      const at = new Date(Math.max(...batch.map((each) => each.at.getTime())));
      const { rows } = await money.query<Row>({ name, text: `SELECT * FROM ${name}($1, $2) ORDER BY n` }, [requests, at], lane);
      return rows;
    },
  });
  return async (request, at) => read(await answer({ request, at }));
}

function byWallet({ wallet }: { readonly wallet: WalletId }): string {
  return wallet;
}

/** What JSON and PostgreSQL would not take: bigints, NUL and lone surrogates. */
function storable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '') : value;
}

function withMoney<Request extends { money?: MoneyAmount | null; expiresAt?: Date | null }>({
  money,
  expiresAt,
  ...request
}: Request): object {
  return { ...request, ...money, expires_at: expiresAt };
}

interface StateRow {
  readonly n: number;
  readonly balance: string;
  readonly held: string;
  readonly available: string;
  readonly debt: string;
}

function readState(row: StateRow): WalletState {
  return { balance: micro(row.balance), held: micro(row.held), available: micro(row.available), debt: micro(row.debt) };
}

function readHold(row: StateRow & { outcome: HoldAnswer['outcome']; refused: (ShortOfCredits & LimitReached) | null }): HoldAnswer {
  const { outcome, refused } = row;
  if (outcome === 'unknown') return { outcome };
  if (outcome === 'short' || outcome === 'limit') return { outcome, refused: refused!, ...readState(row) };
  return { outcome, ...readState(row) };
}

function readClose(row: StateRow & { outcome: CloseAnswer['outcome']; charged: string; returned: string; overrun: string }): CloseAnswer {
  const { outcome } = row;
  if (outcome === 'unknown') return { outcome };
  return { outcome, charged: micro(row.charged), returned: micro(row.returned), overrun: micro(row.overrun), ...readState(row) };
}

function readCredit(
  row: StateRow & { outcome: CreditAnswer['outcome'] | Disagreement; lot_id: LotId; credited: string; debt_paid: string },
): CreditAnswer {
  return {
    outcome: agreed(row.outcome),
    lotId: row.lot_id,
    credited: micro(row.credited),
    debtPaid: micro(row.debt_paid),
    ...readState(row),
  };
}

function readClawback(row: StateRow & { outcome: ClawbackAnswer['outcome'] | Disagreement; taken: string; owed: string }): ClawbackAnswer {
  return { outcome: agreed(row.outcome), taken: micro(row.taken), owed: micro(row.owed), ...readState(row) };
}

type Disagreement = 'conflict' | 'unknown';

function agreed<Outcome extends string>(outcome: Outcome | Disagreement): Outcome {
  if (outcome === 'conflict') throw new LedgerConflict('this key or payment was used for something else');
  if (outcome === 'unknown') throw new LedgerConflict('there is no such wallet, or it bought nothing with this payment');
  return outcome as Outcome;
}
