// Processes of the product that meet in PostgreSQL and at a gateway.

import { vi } from 'vitest';
import type { Context } from '#bots/adapter.ts';
import { leasesOver } from '#core/store/leases/leases.ts';
import { routesOver } from '#core/store/messages/routes.ts';
import type { Lease, Leases } from '#core/ports/leases.ts';
import { openBank } from '#core/testing/ledger/bank.ts';
import type { ClockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { heardLog } from '#core/testing/runner/heard-log.ts';
import { discordHealth, type DiscordHealth } from '../../health.ts';
import type { DiscordSettings } from '../../settings.ts';
import { idAt } from '../../snowflake.ts';
import type { Dispatch, Gateway, GatewayParts, Handler } from '../dispatch.ts';
import { guildMemory } from '../guild-memory.ts';
import { holdGateway } from '../holder.ts';
import { scriptedGateway, type ScriptedGateway } from './scripted-gateway.ts';

export interface Process {
  readonly gateway: Gateway;
  readonly health: DiscordHealth;
  readonly log: ReturnType<typeof heardLog>;
  stop(): Promise<void>;
}

export interface Processes {
  readonly clock: ClockByHand;
  readonly databaseUrl: string;
  /** As at the beginning: nobody has held the connection yet. */
  fresh(): Promise<ScriptedGateway>;
  start(
    at: ScriptedGateway,
    dispatch: Dispatch,
    more?: {
      name?: string;
      settings?: Partial<DiscordSettings>;
      leases?: Partial<Leases>;
      settled?: NonNullable<GatewayParts['settled']>;
      concerns?: NonNullable<GatewayParts['concerns']>;
    },
  ): Process;
  /** Takes the lease for process “one”. */
  take(name: string, forMs: number): Promise<Lease | null>;
  /** What the last holder left. */
  left(shard?: number): Promise<unknown>;
  /** When the lease is over, as it stands in the database. */
  leasedUntil(): Promise<Date>;
  /** Puts something else in its place. */
  set(change: (left: object) => object, shard?: number): Promise<void>;
  renew: Leases['renew'];
  stop(): Promise<void>;
}

const LEASE = 'discord:gateway/0';

export async function openProcesses(clock: ClockByHand): Promise<Processes> {
  const bank = await openBank();
  const [leases, routes] = [leasesOver(bank.money), routesOver(bank.money)];
  const running = new Set<Process | ScriptedGateway>();
  return {
    clock,
    databaseUrl: bank.url,
    async fresh() {
      for (const each of running) await each.stop();
      running.clear();
      await bank.query('TRUNCATE leases, routes');
      const gateway = await scriptedGateway();
      running.add(gateway);
      return gateway;
    },
    start(at, dispatch, { name = 'one', settings = {}, leases: others = {}, settled, concerns } = {}) {
      const log = heardLog();
      const health = discordHealth();
      const context = {
        clock,
        log,
        budgets: { take: (key: string, everyMs: number) => routes.take(key, everyMs, clock.now()) },
        leases: {
          take: (lease: string, forMs: number) => leases.take(lease, name, forMs, clock.now()),
          renew: (lease, forMs) => leases.renew(lease, forMs, clock.now()),
          write: (lease, state) => leases.write(lease, state),
          release: (lease) => leases.release(lease, clock.now()),
          ...others,
        } satisfies Leases,
        settings: {
          token: 'token',
          applicationId: '900000000000000001',
          publicKey: null,
          clientSecret: null,
          apiUrl: null,
          messageContent: false,
          historyEveryMs: 0,
          leaseMs: 600_000,
          ...settings,
        },
      } as unknown as Context<DiscordSettings>;
      const { call } = at;
      const gateway = holdGateway(context, {
        call,
        guilds: guildMemory({ call, clock, log }),
        dispatch,
        pulse: health,
        ...(settled !== undefined && { settled }),
        ...(concerns !== undefined && { concerns }),
      });
      const started = { gateway, health, log, stop: () => gateway.stop() };
      running.add(started);
      return started;
    },
    take: (lease, forMs) => leases.take(lease, 'one', forMs, clock.now()),
    left: async (shard = 0) => (await leases.read(LEASE.replace('0', String(shard))))?.state,
    leasedUntil: async () => (await leases.read(LEASE))!.until,
    renew: (lease, forMs) => leases.renew(lease, forMs, clock.now()),
    async set(change, shard = 0) {
      const lease = (await leases.take(LEASE.replace('0', String(shard)), 'a test', 1_000, clock.now()))!;
      await leases.write(lease, change(lease.state as object));
      await leases.release(lease, clock.now());
    },
    async stop() {
      for (const each of running) await each.stop();
      await bank.close();
    },
  };
}

const acme = '100000000000000001';

/** A server with these channels, and their newest messages. */
export function generalIn(channels: Readonly<Record<string, string | null>>, id = acme): object {
  return {
    id,
    name: 'Acme',
    owner_id: '300000000000000001',
    premium_tier: 2,
    roles: [{ id, permissions: '0' }],
    channels: Object.entries(channels).map(([channel, last]) => ({
      id: channel,
      type: 0,
      name: 'general',
      parent_id: null,
      last_message_id: last,
    })),
  };
}

/** Makes messages in a channel that were written so long ago; each is newer than the ones before of that time. */
export function idsAt(clock: Pick<ClockByHand, 'now'>) {
  let made = 0n;
  return (agoMs = 0, channel = '200000000000000001', guild = acme) => ({
    id: String(BigInt(idAt(new Date(clock.now().getTime() - agoMs))) + ++made),
    channel_id: channel,
    guild_id: guild,
  });
}

/** Handlers that note what they took, oldest first. */
export function ears(take: (id: string) => Promise<void> = async () => {}): {
  readonly heard: string[];
  readonly dispatch: Dispatch;
} {
  const heard: string[] = [];
  const MESSAGE_CREATE: Handler = async (data) => {
    const { id } = data as { id: string };
    await take(id);
    heard.push(id);
  };
  return { heard, dispatch: { MESSAGE_CREATE } };
}

/** Lets time pass until it holds. */
export function goingOn(clock: ClockByHand, check: () => unknown, stepMs = 1_000): Promise<void> {
  return vi.waitFor(async () => {
    try {
      await check();
    } catch (error) {
      clock.forward(stepMs);
      throw error;
    }
  });
}
