// How the connection to Discord is, as this process sees it.

import type { Gauge, PartHealth } from '#core/ports/health.ts';

/** What the parts report. */
export interface Pulse {
  /** The gateway answered a heartbeat. */
  beat(shard: number, sentMs: number, answeredMs: number): void;
  /** `elsewhere`: another process holds the connection. `refused`: for good, until an operator mends what `why` says. */
  state(shard: number, state: 'up' | 'down' | 'elsewhere' | 'refused', why?: string): void;
  /** So many messages were found after a gap. */
  caughtUp(messages: number): void;
  /** So many events are not committed yet. */
  pending(events: number): void;
  /** A call that Discord counts as invalid: 401, 403, or a 429 that is not shared (10,000 in 10 minutes end in a ban). */
  invalid(): void;
  /** An event that we do not know. */
  unknown(name: string): void;
}

export interface DiscordHealth extends Pulse {
  health(): readonly PartHealth[];
  gauges(): readonly Gauge[];
  /** Invalid calls in the last ten minutes. */
  invalidCalls(): number;
}

const WINDOW_MS = 10 * 60_000;
/** From here on Discord may be about to ban this address. */
const INVALID_MOST = 5_000;

export function discordHealth(nowMs: () => number = () => performance.now()): DiscordHealth {
  const shards = new Map<number, { state: Parameters<Pulse['state']>[1]; why: string | null; latencyMs: number | null }>();
  const invalid: number[] = [];
  let [caughtUp, pending, unknown] = [0, 0, 0];
  const shardOf = (shard: number) => shards.get(shard) ?? { state: 'down' as const, why: null, latencyMs: null };

  function invalidCalls(): number {
    while (invalid.length > 0 && invalid[0]! < nowMs() - WINDOW_MS) invalid.shift();
    return invalid.length;
  }

  return {
    beat: (shard, sentMs, answeredMs) => void shards.set(shard, { ...shardOf(shard), latencyMs: answeredMs - sentMs }),
    state: (shard, state, why) =>
      void shards.set(shard, {
        state,
        why: why ?? null,
        latencyMs: state === 'up' ? shardOf(shard).latencyMs : null,
      }),
    caughtUp: (messages) => void (caughtUp += messages),
    pending: (events) => void (pending = events),
    invalid: () => void invalid.push(nowMs()),
    unknown: () => void unknown++,
    invalidCalls,
    health() {
      const troubles = [...shards.values()].flatMap(({ state, why }) =>
        state === 'up' || state === 'elsewhere' ? [] : [why ?? 'Not connected to the gateway.'],
      );
      if (invalidCalls() >= INVALID_MOST)
        troubles.push(`Discord refused ${invalid.length} calls in ten minutes. See the log for their codes.`);
      return [troubles.length === 0 ? { part: 'Discord', ok: true } : { part: 'Discord', ok: false, trouble: troubles.join(' ') }];
    },
    gauges: () => [
      ...[...shards].flatMap(([shard, { state, latencyMs }]) => {
        const labels = { shard: String(shard) };
        const up = {
          name: 'impacter_discord_gateway_up',
          help: 'Whether this process holds a live gateway connection.',
          labels,
          value: state === 'up' ? 1 : 0,
        };
        const help = 'How long the gateway took to answer the last heartbeat.';
        return latencyMs === null
          ? [up]
          : [
              up,
              {
                name: 'impacter_discord_heartbeat_seconds',
                help,
                labels,
                value: latencyMs / 1_000,
              },
            ];
      }),
      {
        name: 'impacter_discord_pending_events',
        help: 'Events of the gateway that are not committed yet.',
        value: pending,
      },
      {
        name: 'impacter_discord_caught_up_messages',
        help: 'Messages read from history after a gap, since the start.',
        value: caughtUp,
      },
      {
        name: 'impacter_discord_invalid_calls',
        help: 'Calls that Discord refused as invalid in the last ten minutes.',
        value: invalidCalls(),
      },
      {
        name: 'impacter_discord_unknown_events',
        help: 'Events of a name that we do not know, since the start.',
        value: unknown,
      },
    ],
  };
}
