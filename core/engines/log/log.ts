import pino from 'pino';
import type { Log } from '#core/ports/log.ts';

/** One JSON line per thing that happened, to standard output, or to `file`, which only we may read. */
export function createLog(options: { level: pino.LevelWithSilent; file?: string }): Log {
  const destination =
    options.file === undefined ? pino.destination(1) : pino.destination({ dest: options.file, mkdir: true, append: true, mode: 0o600 });
  // A full disk loses lines of the log; without a listener it would end the product.
  destination.on('error', () => undefined);
  return pino(
    { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { error: tell } },
    destination,
  ) as Log;
}

/**
 * What an error may tell. Its other properties may hold anything: PostgreSQL repeats the row that it could not take, an
 * address that cannot be parsed its password, a client the request that failed.
 */
function tell(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : typeof error;
  const { code, constraint, cause } = error as Error & { code?: unknown; constraint?: unknown };
  return {
    type: error.constructor.name,
    message: withoutValues(error.message, code),
    ...(isWord(code) && { code }),
    ...(isWord(constraint) && { constraint }),
    stack: withoutValues(error.stack ?? '', code),
    ...(error instanceof AggregateError && { errors: error.errors.map(tell) }),
    ...(cause !== undefined && { cause: tell(cause) }),
  };
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^\w[\w.-]{0,62}$/.test(value);
}

// PostgreSQL's data exceptions (class 22) quote the value that was wrong.
function withoutValues(text: string, code: unknown): string {
  return typeof code === 'string' && /^22[0-9A-Z]{3}$/.test(code) ? text.replace(/"[^"]*"/g, '"…"') : text;
}
