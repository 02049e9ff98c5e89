import pino from 'pino';
import type { Log } from '#core/ports/log.ts';

/** One JSON line per thing that happened, to standard output, or to `file`. Errors keep their type, message, stack and causes. */
export function createLog(options: { level: pino.LevelWithSilent; file?: string }): Log {
  const destination =
    options.file === undefined ? pino.destination(1) : pino.destination({ dest: options.file, mkdir: true, append: true });
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: pino.stdSerializers.errWithCause },
    },
    destination,
  ) as Log;
}
