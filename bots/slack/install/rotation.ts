// Exchanges tokens before they expire, never while a request waits for one. A refresh token works once, so of all processes one
// exchanges it, and an exchange that ended without an answer is not repeated at once.

import type { Context } from '#bots/adapter.ts';
import { SlackNo, type Call } from '../api/call.ts';
import { exchangeTokens, type InstallClient } from './access.ts';

export interface Rotation {
  /** Slack says that a token has expired: those that are due are exchanged now. */
  soon(): void;
  stop(): Promise<void>;
}

const EVERY_MS = 5 * 60_000;
/** Of the twelve hours that a token lives. */
const AHEAD_MS = 2 * 60 * 60_000;
const AGAIN_MS = 10 * 60_000;

export type RotationDeps = Pick<Context<unknown>, 'budgets' | 'clock' | 'log'> & {
  readonly app: Pick<Context<unknown>['app'], 'workspaces'>;
  readonly call: Call;
  readonly client: InstallClient;
};

type Due = Awaited<ReturnType<RotationDeps['app']['workspaces']['expiringInstallations']>>[number];

export function keepRotated({ app: { workspaces }, budgets, call, client, clock, log }: RotationDeps): Rotation {
  const stopping = new AbortController();
  let woken = new AbortController();
  const running = run();
  return {
    soon: () => woken.abort(),
    async stop() {
      stopping.abort();
      await running;
    },
  };

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = new AbortController();
      await round().catch((error: unknown) => log.warn({ error }, 'tokens that expire could not be looked up'));
      await clock.sleep(EVERY_MS, AbortSignal.any([stopping.signal, woken.signal])).catch(() => undefined);
    }
  }

  async function round(): Promise<void> {
    const due = await workspaces.expiringInstallations('slack', new Date(clock.now().getTime() + AHEAD_MS));
    for (const each of due) if (!stopping.signal.aborted) await exchange(each);
  }

  async function exchange(due: Due): Promise<void> {
    const { externalId } = due;
    let expiredAlready = false;
    try {
      if ((await budgets.take(`slack:${externalId}/refresh`, AGAIN_MS)) !== null) return;
      const present = await workspaces.rotate(due, ({ refresh, expiresAt }, signal) => {
        const now = clock.now();
        expiredAlready = expiresAt !== null && expiresAt <= now;
        if (refresh === null) throw new Error('this token expires and cannot be exchanged');
        return exchangeTokens(call, client, refresh, { now, signal });
      });
      log.info({ externalId, version: present?.version ?? null }, 'tokens exchanged before they expire');
    } catch (error) {
      log.error({ error, externalId }, 'tokens not exchanged; the app stops working there when they expire');
      // Neither of the two tokens is any good: the owner reads that the app must be installed again.
      if (expiredAlready && isRefused(error)) await workspaces.uninstalled({ platform: 'slack', externalId, happenedAt: clock.now() });
    }
  }
}

const refused: ReadonlySet<string> = new Set(['invalid_refresh_token', 'token_revoked', 'account_inactive', 'invalid_grant']);

function isRefused(error: unknown): boolean {
  return error instanceof SlackNo && refused.has(error.error);
}
