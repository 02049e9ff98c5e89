// Everything that is read about credits, and the limits; credits move through ledger.ts alone.

import { limitsOver, type Limits } from './limits.ts';
import type { Money } from '../database/money.ts';
import { statementsOver, type Statements } from './statement.ts';
import { transactionsOver, type Transactions } from './transactions.ts';
import { usageOver, type Usage } from './usage.ts';
import { walletsOver, type Wallets } from './wallets.ts';

export interface CreditTables {
  readonly wallets: Wallets;
  readonly transactions: Transactions;
  readonly usage: Usage;
  readonly statements: Statements;
  readonly limits: Limits;
}

export function creditTablesOver(money: Money): CreditTables {
  return {
    wallets: walletsOver(money),
    transactions: transactionsOver(money),
    usage: usageOver(money),
    statements: statementsOver(money),
    limits: limitsOver(money),
  };
}
