// What becomes of one event: its handler has it until it is committed. Events of one channel are taken in order, all others beside one
// another, so that a handler that never ends holds back its channel alone.

import { GatewayDispatchEvents } from 'discord-api-types/v10';
import { inOrder } from '#bots/in-order.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Pulse } from '../health.ts';
import type { Dispatch, GatewayParts, Handler, Told } from './dispatch.ts';

export interface Taker {
  /** Resolves true once it is committed, false where this process had to leave it to the next one. Never rejects. undefined: nobody waits for it. */
  take(name: string, data: unknown, told: Told): Promise<boolean> | undefined;
  /** Begins once all that came before in this channel has ended. */
  inTurn<T>(channel: string, work: () => Promise<T>): Promise<T>;
  /** As `take`, by whoever has the turn of its channel. */
  takeNow(name: string, data: unknown, told: Told): Promise<boolean>;
  /** Resolves when nothing is under way. */
  ended(): Promise<void>;
}

export interface TakeNeeds extends Pick<GatewayParts, 'concerns'> {
  readonly dispatch: Dispatch;
  readonly clock: Clock;
  readonly log: Log;
  readonly pulse: Pick<Pulse, 'pending' | 'unknown'>;
  /** False once another process may hold the connection. */
  mayTake(): boolean;
  /** Aborts when nothing is to be tried again. */
  readonly leaving: AbortSignal;
  /** How many are not committed, each time it changes. */
  waiting(events: number): void;
}

const AGAIN_MS = 250;
const AGAIN_MOST_MS = 15_000;
/** An event that fails this often while others are committed is at fault itself: longer than the ten minutes without calls of api/invalid.ts. */
const TRIES_MOST = 60;
const UNKNOWN_MOST = 100;

const names: ReadonlySet<string> = new Set(Object.values(GatewayDispatchEvents));

export function taker({ dispatch, concerns = () => true, clock, log, pulse, mayTake, leaving, waiting }: TakeNeeds): Taker {
  const order = inOrder();
  const underWay = new Set<Promise<boolean>>();
  const unknown = new Set<string>();
  let commits = 0;

  return {
    take(name, data, told) {
      const handler = dispatch[name];
      if (handler === undefined) return void (names.has(name) || noteUnknown(name));
      if (!concerns(name, data)) return undefined;
      const turn = turnOf(name, data);
      const work = () => untilCommitted(name, handler, data, told);
      return follow(turn === null ? work() : order.run(turn, work));
    },
    inTurn: (channel, work) => order.run(channel, work),
    takeNow(name, data, told) {
      const handler = dispatch[name];
      return handler === undefined || !concerns(name, data) ? Promise.resolve(true) : follow(untilCommitted(name, handler, data, told));
    },
    async ended() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };

  function follow(one: Promise<boolean>): Promise<boolean> {
    underWay.add(one);
    counted();
    void one.then(() => {
      underWay.delete(one);
      counted();
    });
    return one;
  }

  function counted(): void {
    pulse.pending(underWay.size);
    waiting(underWay.size);
  }

  async function untilCommitted(name: string, handler: Handler, data: unknown, told: Told): Promise<boolean> {
    const commitsBefore = commits;
    for (let tries = 1; mayTake(); tries++) {
      try {
        await handler(data, told);
        commits++;
        return true;
      } catch (error) {
        const about = { event: name, tries, error };
        // A person who pressed something is told within seconds or not at all.
        if (name === 'INTERACTION_CREATE' || (tries >= TRIES_MOST && commits > commitsBefore)) {
          log.error(about, 'event of Discord given up');
          return true;
        }
        log.warn(about, 'event of Discord not taken; it is tried again');
        await clock.sleep(Math.min(AGAIN_MS * 2 ** (tries - 1), AGAIN_MOST_MS), leaving);
      }
    }
    return false;
  }

  function noteUnknown(name: string): void {
    pulse.unknown(name);
    if (unknown.size >= UNKNOWN_MOST || unknown.has(name)) return;
    unknown.add(name);
    log.info({ event: name }, 'event of Discord that we do not know');
  }
}

/** What has to stay in order with it; null where nothing has. */
function turnOf(name: string, data: unknown): string | null {
  if (name === 'INTERACTION_CREATE') return null;
  const { id, channel_id: channel, guild_id: guild } = (data ?? {}) as Record<string, unknown>;
  if (name.startsWith('MESSAGE_') && typeof channel === 'string') return channel;
  if ((name.startsWith('THREAD_') || name.startsWith('CHANNEL_')) && typeof id === 'string') return id;
  return [guild, id].find((each) => typeof each === 'string') ?? name;
}
