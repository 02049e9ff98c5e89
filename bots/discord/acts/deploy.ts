// Sends Discord our commands when they have changed, by one of all processes, and not at each start.

import { z } from 'zod';
import type { Context } from '#bots/adapter.ts';
import { DiscordNo, type Call } from '../api/call.ts';
import type { DiscordSettings } from '../settings.ts';
import { commandSet, hashOf } from './commands.ts';

const LEASE = 'discord:commands';
const LEASE_MS = 60_000;
const CALL_MS = 20_000;
const LOOK_AGAIN_MS = 10_000;
/** Discord takes 200 new commands a day, and a set has eleven. */
const AGAIN_MS = [5_000, 30_000, 120_000, 600_000, 1_800_000] as const;

export interface Deploying {
  /** Resolves once the commands are there, whoever sent them. Never rejects. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

export function deployCommands(
  { leases, settings, brandName, clock, log }: Pick<Context<DiscordSettings>, 'leases' | 'settings' | 'brandName' | 'clock' | 'log'>,
  call: Call,
): Deploying {
  const { applicationId } = settings;
  const commands = commandSet(brandName);
  const hash = hashOf(commands, applicationId);
  const stopping = new AbortController();
  const done = keepTrying();
  return {
    done,
    async stop() {
      stopping.abort();
      await done;
    },
  };

  async function keepTrying(): Promise<void> {
    for (let tries = 0; !stopping.signal.aborted; tries++) {
      try {
        if (await deploy()) return;
        // Whoever has the lease sends the same, or newer ones, and may die before it is done.
        await clock.sleep(LOOK_AGAIN_MS, stopping.signal);
      } catch (error) {
        const refused = error instanceof DiscordNo && error.retryAfterMs === null && error.status < 500;
        log[refused ? 'error' : 'warn']({ error, code: error instanceof DiscordNo ? error.code : null }, 'commands not sent to Discord');
        await clock.sleep(AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]!, stopping.signal);
      }
    }
  }

  /** False while another process is at it. */
  async function deploy(): Promise<boolean> {
    const lease = await leases.take(LEASE, LEASE_MS);
    if (lease === null) return false;
    try {
      if (stateSchema.safeParse(lease.state).data?.hash === hash) return true;
      const asked = {
        method: 'PUT',
        path: `/applications/${applicationId}/commands`,
        body: commands,
      } as const;
      await call(asked, AbortSignal.any([stopping.signal, AbortSignal.timeout(CALL_MS)]));
      await leases.write(lease, { hash });
      log.info({ commands: commands.length }, 'commands sent to Discord');
      return true;
    } finally {
      await leases.release(lease);
    }
  }
}

const stateSchema = z.object({ hash: z.string() });
