// What happens to the tasks of a team, as it happens. Every line carries a cursor; a reader who comes back with the last
// one he saw (browsers do so by themselves) misses nothing and sees nothing twice.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Request } from 'express';
import { eventsQuery, parseRequest } from '#core/contracts/api.ts';
import type { Actor } from '#core/domain/actor.ts';
import { never } from '#core/domain/never.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { App } from '#core/flows/app.ts';
import type { WalletView } from '#core/flows/credits/views.ts';
import type { EventCursor, EventLine } from '#core/flows/live/event-line.ts';
import type { LiveItem } from '#core/flows/live/live.ts';
import { balanceAnswer, eventAnswer } from '../answers.ts';
import type { PartsFor } from '../parts.ts';
import { isAway } from '../requests/patience.ts';
import type { Route } from '../route.ts';
import { sseText, type Stream } from '../streams.ts';

export function eventRoutes({ app, log, keys, streams, nowMs }: PartsFor<'tasks' | 'live'>): Route[] {
  return [
    {
      path: '/api/events',
      async GET(request, response) {
        const actor = await keys.actorOf(request, response);
        const { task, live, after } = readQuery(request);
        if (task !== undefined) await app.tasks.get(actor, task); // somebody else's is refused before the stream begins
        const from = { after: after ?? (await app.live.cursor()), ...(task !== undefined && { taskId: task }) };
        const isStillGood = () => keys.stillGood(request, actor.teamId);
        const stream = streams.open(request, response, actor.userId, isStillGood);
        if (request.method === 'HEAD') return stream.end();
        // Whoever was logged out while it was being opened was not among those whose streams were ended.
        if (!(await isStillGood())) return stream.end();

        let checkedMs = nowMs();
        try {
          for await (const item of throughAbsences(live ? pageOf(app, actor) : linesOf(app, actor, from), from.after, stream.signal)) {
            await tell(stream, item, live);
            if (nowMs() - checkedMs < RECHECK_MS) continue;
            if (!(await isStillGood())) break;
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

/** We are told when a key is revoked; this is how long we trust that no word was lost. */
const RECHECK_MS = 60_000;

function tell(stream: Stream, item: LiveItem, live: boolean): Promise<void> {
  switch (item.kind) {
    case 'line':
      return stream.write(textOf(item.line));
    case 'balance':
      return stream.write(textOf(item.balance));
    case 'reset':
      return stream.write({ id: item.cursor, event: 'reset', data: {} });
    case 'beat':
      // Scripts of a page do not hear comments, and a page wants to know when its line is dead.
      return live ? stream.write({ event: 'beat', data: {} }) : stream.beat();
    default:
      return never(item);
  }
}

/** Everybody who watches a team gets the same object, so its text is made once. */
function textOf(told: EventLine | WalletView): string {
  const known = texts.get(told);
  if (known !== undefined) return known;
  const text =
    'cursor' in told ? sseText({ id: told.cursor, data: eventAnswer(told) }) : sseText({ event: 'balance', data: balanceAnswer(told) });
  texts.set(told, text);
  return text;
}

const texts = new WeakMap<EventLine | WalletView, string>();

type Source = (after: EventCursor, signal: AbortSignal) => AsyncIterable<LiveItem>;

function pageOf(app: Pick<App, 'live'>, actor: Actor): Source {
  return (after, signal) => app.live.items(actor, { after }, signal);
}

function linesOf(app: Pick<App, 'live'>, actor: Actor, from: { taskId?: string }): Source {
  return async function* (after, signal) {
    for await (const line of app.live.events(actor, { ...from, after }, signal))
      yield line === null ? { kind: 'beat' } : { kind: 'line', line };
  };
}

/** What the core says. While the database is away it waits: a browser that is refused once never comes back by itself. */
async function* throughAbsences(source: Source, from: EventCursor, signal: AbortSignal): AsyncIterable<LiveItem> {
  let after = from;
  while (!signal.aborted) {
    try {
      for await (const item of source(after, signal)) {
        if (item.kind === 'line') after = item.line.cursor;
        if (item.kind === 'reset') after = item.cursor;
        yield item;
      }
      return;
    } catch (error) {
      if (!isAway(error)) throw error;
      yield { kind: 'beat' };
      await sleep(AWAY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

const AWAY_MS = 1_000;

/** A browser reconnects to the address it had, so its Last-Event-ID is newer than the address's `after`. */
function readQuery({ query, headers }: Request) {
  const last = headers['last-event-id'];
  const { after, live, ...rest } = parseRequest(eventsQuery, typeof last === 'string' && last !== '' ? { ...query, after: last } : query);
  if (live !== undefined && rest.task !== undefined)
    throw refuse('request.invalid', { fields: [{ name: 'live', problem: 'goes with the whole team, not with one task' }] });
  return { ...rest, live: live !== undefined, after: (after ?? null) as EventCursor | null };
}
