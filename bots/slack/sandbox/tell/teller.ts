// Tells the app what happened, as Slack does: within three seconds or again later, sometimes although it was confirmed,
// sometimes out of order. What happens in one channel is told in order; channels do not wait for one another.

import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxClock } from '#bots/stand-in/clock.ts';
import { isRecord } from '../checks/check.ts';
import { jsonIn } from '#bots/stand-in/body.ts';
import type { Team, Telling, Told } from '../shapes.ts';
import { slackId, type State } from '../state.ts';
import { envelope, type EventMore } from './envelope.ts';
import { politely, waitAfter, type Hook } from './hook.ts';
import { postTo, unreached, type Outcome, type Sent } from './http.ts';
import type { EnvelopeType, Sockets } from './socket.ts';

export interface Delivery {
  readonly event: string;
  readonly type: string;
  /** 0 for the first time. */
  readonly attempt: number;
  /** null where nothing was answered. */
  readonly status: number | null;
  readonly at: string;
}

export type Answer = Pick<Outcome, 'status' | 'body'>;

export interface Teller {
  set(hook: Partial<Hook>): void;
  readonly hook: () => Hook;
  /** Something happened that the app subscribes to. */
  event(team: Team, event: Readonly<Record<string, unknown>>, more?: EventMore): void;
  /** Tells the app of an interaction or a command, once. */
  form(fields: Readonly<Record<string, string>>): Promise<Answer>;
  /** Posts JSON to the app, once, as Slack does to find out whether the address is right. */
  json(body: object): Promise<Answer>;
  /** Time has passed. */
  wake(): void;
  /** The newest thousand. */
  readonly deliveries: () => readonly Delivery[];
  stop(): Promise<void>;
}

/** Events of one channel that are under way together. */
const mostAtOnce = 25;
/** How soon it is seen that a clock went on by itself. */
const pollMs = 100;
const mostKept = 1000;

interface Lines {
  readonly secrets: readonly string[];
  readonly sockets: Sockets;
}

export function startTeller(state: State, clock: SandboxClock, { secrets, sockets }: Lines): Teller {
  const stopping = new AbortController();
  const http = { clock, secrets, stopping: stopping.signal };
  const deliveries: Delivery[] = [];
  const waiting = new Map<string, Told>();
  const lanes = new Map<string, Promise<void>>();
  let hook = politely;
  let woken = Promise.withResolvers<void>();
  for (const told of state.all('told').values()) if (tellingOf(told.id).dueMs !== null) waiting.set(told.id, told);
  const running = run();

  return {
    set(change) {
      hook = { ...hook, ...change };
      woken.resolve();
    },
    hook: () => hook,
    event(team, event, more = {}) {
      const id = slackId('Ev');
      const ts = String(event['event_ts'] ?? event['ts']);
      const told = { id, team: team.id, ts, body: envelope(team, id, ts, event, more) };
      state.put('told', id, told);
      state.put('telling', id, { attempts: 0, dueMs: clock.now().getTime() + (more.lateMs ?? 0), reason: null });
      waiting.set(id, told);
      // Not before all that happened at once is there.
      setImmediate(() => woken.resolve());
    },
    form(fields) {
      const { payload } = fields;
      const form: Sent = { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(fields).toString() };
      return payload === undefined ? deliver('slash_commands', fields, form) : deliver('interactive', jsonIn(payload), form);
    },
    json: (body) => postTo(hook, { type: 'application/json', body: JSON.stringify(body) }, http),
    wake: () => woken.resolve(),
    deliveries: () => deliveries,
    async stop() {
      stopping.abort();
      woken.resolve();
      sockets.stop();
      await running;
      await Promise.all(lanes.values());
    },
  };

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = Promise.withResolvers();
      if (isListening())
        for (const told of waiting.values()) {
          const lane = laneOf(told);
          if (isDue(told) && !lanes.has(lane)) lanes.set(lane, runLane(lane));
        }
      const later = new AbortController();
      const poll = isListening() && waiting.size > 0 ? [sleep(pollMs, undefined, { signal: later.signal }).catch(() => undefined)] : [];
      await Promise.race([woken.promise, ...poll]);
      later.abort();
    }
  }

  async function runLane(lane: string): Promise<void> {
    for (;;) {
      const due = [...waiting.values()].filter((told) => laneOf(told) === lane && isDue(told));
      if (due.length === 0 || !isListening() || stopping.signal.aborted) break;
      const batch = (hook.reversed ? due.toReversed() : due).slice(0, mostAtOnce);
      await Promise.all(batch.map(tell));
    }
    lanes.delete(lane);
  }

  async function tell(told: Told): Promise<void> {
    const { attempts, reason } = tellingOf(told.id);
    const { atOnce, repeats } = hook;
    const outcomes = await Promise.all(Array.from({ length: atOnce }, () => once(told, attempts, reason)));
    if (stopping.signal.aborted) return;
    if (outcomes.some(({ failed }) => failed === null)) {
      note(told, { attempts: attempts + 1, dueMs: null, reason: null });
      for (let i = 1; i <= repeats; i++) await once(told, i, 'http_timeout');
      return;
    }
    const { failed, isLast } = outcomes[0]!;
    const waitMs = isLast ? null : waitAfter(hook, attempts + 1);
    const dueMs = waitMs === null ? null : clock.now().getTime() + waitMs;
    note(told, { attempts: attempts + 1, dueMs, reason: failed });
  }

  async function once(told: Told, attempt: number, reason: string | null): Promise<Outcome> {
    const headers: Record<string, string> =
      attempt === 0 ? {} : { 'X-Slack-Retry-Num': String(attempt), 'X-Slack-Retry-Reason': reason ?? 'http_error' };
    const sent: Sent = { type: 'application/json', body: JSON.stringify(told.body), headers };
    const outcome = await deliver('events_api', told.body, sent, { attempt, reason });
    const { event } = told.body;
    const type = isRecord(event) ? String(event['type']) : '';
    deliveries.push({ event: told.id, type, attempt, status: outcome.status, at: clock.now().toISOString() });
    deliveries.splice(0, deliveries.length - mostKept);
    return outcome;
  }

  /** Over whichever line the app listens on. */
  async function deliver(
    type: EnvelopeType,
    payload: unknown,
    sent: Sent,
    retry: { attempt: number; reason: string | null } = { attempt: 0, reason: null },
  ): Promise<Outcome> {
    if (!hook.socket) return postTo(hook, sent, http);
    const confirmed = await sockets.tell(type, payload, retry);
    if (confirmed === null) return unreached;
    if (!confirmed.isConfirmed) return { ...unreached, failed: 'timeout' };
    const answer = isRecord(confirmed.payload) && Object.keys(confirmed.payload).length === 0 ? undefined : confirmed.payload;
    return { status: 200, body: answer === undefined ? '' : JSON.stringify(answer), failed: null, isLast: false };
  }

  function isListening(): boolean {
    return hook.socket || hook.url !== null;
  }

  function tellingOf(id: string): Telling {
    return state.get('telling', id) ?? { attempts: 0, dueMs: 0, reason: null };
  }

  function isDue({ id }: Told): boolean {
    const { dueMs } = tellingOf(id);
    return dueMs !== null && dueMs <= clock.now().getTime();
  }

  function note({ id }: Told, telling: Telling): void {
    state.put('telling', id, telling);
    if (telling.dueMs === null) waiting.delete(id);
  }
}

function laneOf({ team, body: { event } }: Told): string {
  return isRecord(event) && typeof event['channel'] === 'string' ? event['channel'] : team;
}
