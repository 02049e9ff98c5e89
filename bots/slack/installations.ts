// Where the app is installed when we start: in the workspace whose token an operator gave us, and in those that a sandbox furnished.
// They are kept as any other, so that there is one place to look a token up.

import { z } from 'zod';
import type { Context } from '#bots/adapter.ts';
import type { NewInstallation } from '#core/domain/workspaces/installation.ts';
import { SlackNo, type Call } from './api/call.ts';
import { mustSeePeople } from './must-see-people.ts';
import type { SlackSettings } from './settings.ts';

const CALL_MS = 5_000;
const AGAIN_MS = 10_000;

export interface Installed {
  /** Until then nobody knows whose event one is. */
  isComplete(): boolean;
  stop(): Promise<void>;
}

/** Rejects where Slack says that the token is wrong. Whatever else keeps us from knowing is waited for, besides. */
export async function keepInstallations(
  { app, settings, clock, log }: Pick<Context<SlackSettings>, 'app' | 'settings' | 'clock' | 'log'>,
  call: Call,
): Promise<Installed> {
  mustWork(settings);
  for (const seed of settings.seeds ?? []) await app.workspaces.installed(seed);
  const { botToken } = settings;
  const stopping = new AbortController();
  let isComplete = botToken === null;
  const first = botToken === null ? true : await keep(botToken).catch(unlessWrong);
  isComplete = first === true;
  const waiting = isComplete ? Promise.resolve() : keepOnTrying(botToken!);
  if (isComplete && botToken !== null) await mustSeePeople(call, botToken);
  return {
    isComplete: () => isComplete,
    async stop() {
      stopping.abort();
      await waiting;
    },
  };

  async function keep(token: string): Promise<true> {
    const own = await ownInstallation(call, token);
    await app.workspaces.installed(own);
    // The same token may have other scopes than at the last start.
    await app.workspaces.scopesSeen(own);
    return true;
  }

  async function keepOnTrying(token: string): Promise<void> {
    while (!isComplete && !stopping.signal.aborted) {
      await clock.sleep(AGAIN_MS, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        isComplete = await keep(token);
      } catch (error) {
        log.warn({ error }, 'Slack does not say yet whose token ours is');
      }
    }
  }
}

/** Settings that nothing would be heard with. */
function mustWork({ signingSecrets, appToken, botToken, install, seeds }: SlackSettings): void {
  if (signingSecrets.length === 0 && appToken === null)
    throw new Error('Nothing would be heard. Set SLACK_SIGNING_SECRET and have Slack call /slack/events, or set SLACK_APP_TOKEN.');
  if (botToken === null && install === null && seeds === undefined)
    throw new Error(
      'Nobody could be answered. Set SLACK_BOT_TOKEN to connect one workspace, or SLACK_CLIENT_ID to let workspaces install the app.',
    );
}

const wrongToken: ReadonlySet<string> = new Set(['account_inactive', 'invalid_auth', 'not_authed', 'token_expired', 'token_revoked']);

function unlessWrong(error: unknown): false {
  if (!(error instanceof SlackNo) || !wrongToken.has(error.error)) return false;
  throw new Error('Slack does not take SLACK_BOT_TOKEN. Copy it from “OAuth & Permissions” of your app.', { cause: error });
}

async function ownInstallation(call: Call, bot: string): Promise<NewInstallation> {
  const signal = AbortSignal.timeout(CALL_MS);
  const {
    team_id: externalId,
    team,
    user_id: botUserId,
    enterprise_id: enterpriseId,
    response_metadata: about,
  } = meSchema.parse(await call('auth.test', bot, {}, signal));
  return {
    platform: 'slack',
    externalId,
    enterpriseId: enterpriseId ?? null,
    name: team,
    botUserId,
    scopes: about?.scopes ?? [],
    tokens: { bot, refresh: null, expiresAt: null },
    installedBy: null,
  };
}

const meSchema = z.object({
  team_id: z.string(),
  team: z.string(),
  user_id: z.string(),
  enterprise_id: z.string().nullish(),
  response_metadata: z.object({ scopes: z.array(z.string()).optional() }).optional(),
});
