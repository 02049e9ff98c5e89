// One event of the gateway. What has a shape that we do not know, or what the core will never take, is logged by its id and not told again;
// everything else that fails is.

import type { z } from 'zod';
import { isRefusal } from '#core/domain/refusals/refusal.ts';
import type { Log } from '#core/ports/log.ts';
import type { Handler, Told } from '../gateway/dispatch.ts';

export function taken<Schema extends z.ZodType>(
  log: Log,
  schema: Schema,
  handle: (event: z.output<Schema>, told: Told) => Promise<void>,
): Handler {
  return async (data, told) => {
    const event = schema.safeParse(data);
    const id = idIn(data);
    if (!event.success)
      return log.warn(
        { id, fields: event.error.issues.slice(0, 5).map(({ path }) => path.join('.')) },
        'event of Discord of a shape that we do not know',
      );
    try {
      await handle(event.data, told);
    } catch (error) {
      if (!isRefusal(error) || error.code === 'database.unavailable') throw error;
      log.warn({ id, code: error.code }, 'event of Discord that is not taken');
    }
  };
}

function idIn(data: unknown): string | null {
  const id = (data as { id?: unknown } | null)?.id;
  return typeof id === 'string' && /^\d{1,20}$/.test(id) ? id : null;
}
