// What an error means that comes while PostgreSQL is asked something. An outage is nobody's fault and passes, so whoever
// asked tries again; the same table decides for our own statements, for Prisma and for the queue.

/** The database could not be reached, could not do it now, or went away before it answered. */
export class DatabaseUnavailable extends Error {
  readonly code = 'database.unavailable';
  /** What was asked may have been done all the same: it had been sent, and no answer says otherwise. */
  readonly mayBeDone: boolean;

  constructor(cause: unknown, { mayBeDone = false }: { mayBeDone?: boolean } = {}) {
    super('the database is not available', { cause });
    this.name = 'DatabaseUnavailable';
    this.mayBeDone = mayBeDone;
  }
}

/** The statement waited for somebody else's lock in vain. It did nothing, so it may be asked again. */
export class LockedOut extends DatabaseUnavailable {
  /** The lock did not come free in time; else it was undone for the sake of another, as one of two that wait for each other. */
  readonly isTimeout: boolean;

  constructor(cause: unknown) {
    super(cause);
    this.name = 'LockedOut';
    this.isTimeout = cause instanceof Error && stateOf(cause) === '55P03';
  }
}

// By SQLSTATE:
//   08       no connection
//   53, 58   no room on the disk, no memory, too many connections; input and output, files of the server
//   57014    out of time; 57P01 to 57P05: shut down, crashed, starting, dropped, idle for too long
//   25006    a server that became a replica, or was told to only read (managed ones are when their disk is full)
//   25P03/4  the server ended a transaction that took too long
//   28, 3D000  it lets nobody in: that can only be said to a new connection, before anything is asked
//   40, 55P03  undone for the sake of another transaction, or a lock that did not come free
// Not among them: XX001 and XX002 (damaged data) do not pass, and must be loud; 54 (too complex) and 55000 (not in the right
// state) are faults of the statement.
const awayState = /^(08...|25006|25P0[34]|28...|3D000|40(001|003|P01)|53...|55P03|57014|57P0[1-5]|58...)$/;
const lockState = /^(40001|40P01|55P03)$/;
// Node's own words for the network, and those of pg.
const awayCode = /^(ECONN\w+|EPIPE|ETIMEDOUT|ENETUNREACH|ENETDOWN|EHOSTUNREACH|EHOSTDOWN|ENOTFOUND|EAI_AGAIN)$/;
const awayWords =
  /^(Connection terminated|Connection ended|Client was closed|Client has encountered a connection error|Cannot use a pool after|timeout exceeded when trying to connect|timeout expired|Query read timeout)|not queryable/;
// Prisma's: unreachable, out of time, closed, no connection free, a transaction that could not begin or was undone.
const awayInPrisma = /^P(1001|1002|1008|1011|1017|2024|2028|2034|2037)$/;

/** An error as whoever asked the database gets it. `sent` is false when what was asked had not left this process yet. */
export function explained(error: unknown, { sent = true }: { sent?: boolean } = {}): unknown {
  if (error instanceof DatabaseUnavailable || !isAway(error)) return error;
  if (isLockTrouble(error)) return new LockedOut(error);
  // What the server says it undid is undone. When the connection goes, nobody knows.
  return new DatabaseUnavailable(error, { mayBeDone: sent && severityOf(error) !== 'ERROR' });
}

/** Without a connection nothing can be asked, whatever the reason is. */
export function noConnection(error: unknown): DatabaseUnavailable {
  return new DatabaseUnavailable(error);
}

/** Also of a copy of this module, and of a refusal that says it to people. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'database.unavailable';
}

/** The statement was undone because of somebody else's lock, and its connection is as good as before. */
export function isLockTrouble(error: unknown): boolean {
  return error instanceof Error && lockState.test(stateOf(error) ?? '');
}

export function isAway(error: unknown): boolean {
  return someOf(error, (one) => {
    if (isUnavailable(one) || one.name === 'PrismaClientInitializationError') return true;
    const state = stateOf(one);
    if (state !== null) return awayState.test(state);
    const code = codeOf(one);
    return awayCode.test(code) || awayInPrisma.test(code) || awayWords.test(one.message);
  });
}

/** The database said it, or our own statements to it: an outage, or something that it refuses. */
export function isFromDatabase(error: unknown): boolean {
  return someOf(error, (one) => isUnavailable(one) || stateOf(one) !== null || one.name.startsWith('PrismaClient'));
}

/** An error, those that it was made of, and what Prisma's driver keeps beside them. */
function someOf(error: unknown, is: (one: Error) => boolean, depth = 0): boolean {
  if (!(error instanceof Error) || depth > CAUSES_MOST) return false;
  if (is(error)) return true;
  const inner = [error.cause, ...(error instanceof AggregateError ? (error.errors as unknown[]) : [])];
  return inner.some((each) => someOf(each, is, depth + 1));
}

const CAUSES_MOST = 5;

/** SQLSTATE, when the server said it. */
function stateOf(error: Error): string | null {
  const { severity, code } = error as { severity?: unknown; code?: unknown };
  if (typeof severity === 'string' && typeof code === 'string') return code;
  const { cause, meta } = error as { cause?: unknown; meta?: { driverAdapterError?: { cause?: unknown } } };
  return driverStateIn(cause) ?? driverStateIn(meta?.driverAdapterError?.cause);
}

/** Prisma's driver puts what the server said into a plain object. */
function driverStateIn(cause: unknown): string | null {
  if (typeof cause !== 'object' || cause === null || cause instanceof Error) return null;
  return 'originalCode' in cause && typeof cause.originalCode === 'string' ? cause.originalCode : null;
}

function severityOf(error: unknown): unknown {
  return error instanceof Error && 'severity' in error ? error.severity : null;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
