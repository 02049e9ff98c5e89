// Credits as the people see them who answer for them: what is there, what it was used for, every line of the journal, and
// who may spend what. Credits move elsewhere, through the ledger.

import { bind } from '../runtime/bind.ts';
import type { Core } from '../runtime/core.ts';
import { balance } from './balance.ts';
import { limits, limitSubjects, removeLimit, setLimit } from './limits.ts';
import { creditsOverview } from './overview.ts';
import { startingCreditsWithheld } from './starting-credits.ts';
import { statement, statementFile, statementMonths } from './statement.ts';
import { transactions, transactionsCsv } from './transactions.ts';
import { usage } from './usage.ts';

export function creditVerbs(core: Core) {
  return bind(core, {
    balance,
    overview: creditsOverview,
    startingCreditsWithheld,
    usage,
    transactions,
    transactionsCsv,
    statementMonths,
    statement,
    statementFile,
    limits,
    limitSubjects,
    setLimit,
    removeLimit,
  });
}
