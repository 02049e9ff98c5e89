// What happens to the tasks of a team, as it happens. Every line carries a cursor; a reader who comes back with the last
// one he saw (browsers do so by themselves) misses nothing and sees nothing twice.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Request } from 'express';
import { eventsQuery, parseRequest } from '#core/contracts/api.ts';
import type { Actor, App, EventCursor } from '#core/flows/app.ts';
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
        const from = { after: after ?? (await app.cursor()), ...(task !== undefined && { taskId: task }) };
        const stream = streams.open(request, response, actor.userId);
        if (request.method === 'HEAD') return stream.end();

        let checkedMs = nowMs();
        try {
          for await (const line of throughAbsences(app, actor, from, stream.signal)) {
            if (line === null) await stream.beat();
            else await stream.write({ id: line.cursor, data: eventAnswer(line) });
            if (nowMs() - checkedMs < RECHECK_MS) continue;
            if (!(await keys.stillGood(request))) break;
            checkedMs = nowMs();
          }
        } catch (error) {
          // The answer has begun, so all we can do is end it: the reader comes back and goes on behind the last line.
          log.error({ requestId: response.locals.requestId, error }, 'event stream cut');
        }
        stream.end();
      },
    },
  ];
}

/** A stream ends within this time, and a heartbeat, after its key was revoked. */
const RECHECK_MS = 60_000;

/** The events of the core. While the database is away it waits: a browser that is refused once never comes back by itself. */
async function* throughAbsences(app: App, actor: Actor, from: { after: EventCursor; taskId?: string }, signal: AbortSignal) {
  let { after } = from;
  while (!signal.aborted) {
    try {
      for await (const line of app.events(actor, { ...from, after }, signal)) {
        after = line?.cursor ?? after;
        yield line;
      }
      return;
    } catch (error) {
      if (!isAway(error)) throw error;
      yield null;
      await sleep(AWAY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

const AWAY_MS = 1_000;

function isAway(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'database.unavailable';
}

/** A browser reconnects to the address it had, so its Last-Event-ID is newer than the address's `after`. */
function readCursor({ query, headers }: Request) {
  const last = headers['last-event-id'];
  const { task, after } = parseRequest(eventsQuery, typeof last === 'string' && last !== '' ? { ...query, after: last } : query);
  return { task, after: (after ?? null) as EventCursor | null };
}
