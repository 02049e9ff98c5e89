// The app was removed from a workspace, or its token was revoked. Slack tells the news again until it is taken, hours later too.

import type { Context } from '#bots/adapter.ts';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import { SlackNo, type Call } from '../api/call.ts';
import type { Removed, Revoked } from '../in/shapes.ts';

export interface GoneDeps {
  readonly app: Pick<Context<unknown>['app'], 'workspaces'>;
  readonly call: Call;
}

/** It is asked before the event is confirmed. */
const CALL_MS = 1_000;

const gone: ReadonlySet<string> = new Set(['account_inactive', 'invalid_auth', 'token_revoked']);

/**
 * News that is older than the present installation changes nothing. Slack tells whole seconds, so the end of the second counts: an
 * app can be removed within a second of its installation, and nobody installs it again within one.
 */
export function removed({ app }: GoneDeps, here: Installation, { event_time: seconds }: Removed): Promise<void> {
  return app.workspaces.uninstalled({ platform: 'slack', externalId: here.externalId, happenedAt: new Date(seconds * 1000 + 999) });
}

/** Tokens of people are not ours, and an older one of the bot's may be meant: so the one that we have is tried. */
export async function revoked(deps: GoneDeps, here: Installation, news: Revoked): Promise<void> {
  if ((news.event.tokens.bot ?? []).length === 0 || (await works(deps, here))) return;
  await removed(deps, here, news);
}

async function works({ call }: GoneDeps, { tokens }: Installation): Promise<boolean> {
  try {
    await call('auth.test', tokens.bot, {}, AbortSignal.timeout(CALL_MS));
    return true;
  } catch (error) {
    if (error instanceof SlackNo && gone.has(error.error)) return false;
    if (error instanceof SlackNo && error.error === 'token_expired') return true;
    throw error;
  }
}
