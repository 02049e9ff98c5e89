// What better-auth says about itself. Its messages may hold mail addresses, links and whole rows, so only their first
// words are kept, and of an error its kind.

import { isRefusal, refuse } from '#core/domain/refusals/refusal.ts';
import type { Log } from '#core/ports/log.ts';
import { isAway } from '#core/store/database/outage.ts';

type Level = 'debug' | 'info' | 'success' | 'warn' | 'error';

export function authLog(log: Log) {
  return {
    level: 'info' as const, // with a higher one it also speaks past this function
    disableColors: true,
    log(level: Level, message: string, ...details: unknown[]) {
      const error = details.find((detail) => detail instanceof Error);
      const facts = { reason: firstWords(message), ...(error && { kind: error.name, code: codeOf(error) }) };
      // It warns of every wrong password; that is somebody's day, not our trouble.
      if (level === 'error' && error) log.error(facts, 'logging in failed on our side');
      else log.debug(facts, 'said about logging in');
    },
  };
}

/** A failure of the library's own: its kind, without the values that its message repeats. */
export function plainError(error: unknown): Error {
  if (isRefusal(error)) return error;
  if (!(error instanceof Error)) return new Error('logging in failed');
  const code = codeOf(error);
  if (isAway(error)) return refuse('database.unavailable');
  return error.constructor === Error && code === undefined ? error : new Error(`logging in failed: ${error.name} ${code ?? ''}`.trim());
}

function firstWords(message: string): string {
  return message
    .split(/[:\n\d@/]/, 1)[0]!
    .slice(0, 80)
    .trim();
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' && /^\w{1,40}$/.test(error.code) ? error.code : undefined;
}
