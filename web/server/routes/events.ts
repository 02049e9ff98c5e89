// What happens to the tasks of a team, as it happens. Every line carries a cursor; a reader who comes back with the last
// one he saw (browsers do so by themselves) misses nothing and sees nothing twice.

import type { Request } from 'express';
import { eventsQuery, parseRequest } from '#core/contracts/api.ts';
import { isRefusal } from '#core/domain/refusal.ts';
import type { EventCursor } from '#core/flows/app.ts';
import { eventAnswer } from '../answers.ts';
import type { Route } from '../route.ts';
import type { Parts } from '../web.ts';

export function eventRoutes({ app, log, keys, streams, nowMs }: Parts): Route[] {
  return [
    {
      path: '/api/events',
      async GET(request, response) {
        const actor = await keys.actorOf(request, response);
        const { task, after } = readCursor(request);
        if (task !== undefined) await app.task(actor, task); // somebody else's is refused before the stream begins
        const stream = streams.open(request, response, actor.userId);
        if (request.method === 'HEAD') return stream.end();

        let checkedMs = nowMs();
        try {
          for await (const line of app.events(actor, { after, ...(task !== undefined && { taskId: task }) }, stream.signal)) {
            if (nowMs() - checkedMs >= RECHECK_MS) {
              if (!(await keys.stillGood(request))) break;
              checkedMs = nowMs();
            }
            await (line === null ? stream.beat() : stream.write({ id: line.cursor, data: eventAnswer(line) }));
          }
        } catch (error) {
          // The answer has begun, so all we can do is end it: the reader comes back and goes on behind the last line.
          log[isRefusal(error) ? 'info' : 'error']({ requestId: response.locals.requestId, error }, 'event stream cut');
        }
        stream.end();
      },
    },
  ];
}

/** A stream ends within this time after its key was revoked. */
const RECHECK_MS = 60_000;

/** A browser reconnects to the address it had, so its Last-Event-ID is newer than the address's `after`. */
function readCursor({ query, headers }: Request) {
  const last = headers['last-event-id'];
  const { task, after } = parseRequest(eventsQuery, typeof last === 'string' && last !== '' ? { ...query, after: last } : query);
  return { task, after: (after ?? null) as EventCursor | null };
}
