import type { Log } from '#core/ports/log.ts';

/** For what is not the subject of the test. */
export const quietLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => quietLog,
};
