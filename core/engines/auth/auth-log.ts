// What better-auth says about itself. Its messages may hold mail addresses, links and whole rows, so only their first
// words are kept, and of an error its kind.

import type { Log } from '#core/ports/log.ts';

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

/** What it could not answer: a bug, or a database that is away. */
export function onAuthError(log: Log) {
  return (error: unknown) => {
    if (error instanceof Error && (!('statusCode' in error) || error.statusCode === 500))
      log.error({ kind: error.name, code: codeOf(error) }, 'logging in failed on our side');
  };
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
