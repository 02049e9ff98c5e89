// What comes of an installation once Slack sent the browser back: the app is kept with its tokens, and whoever installed it goes on to
// the page where a team takes over the costs.

import type { Context } from '#bots/adapter.ts';
import type { Installation, NewInstallation } from '#core/domain/workspaces/installation.ts';
import { SlackNo, type Call, type SlackOk } from '../api/call.ts';
import type { TokensOf } from '../tokens-of.ts';
import { exchangeCode, installationIn, isOrgWide, type InstallClient } from './access.ts';
import { installPages, type InstallPage } from './words.ts';

export interface LandDeps extends Pick<Context<unknown>, 'clock' | 'log' | 'brandName'> {
  readonly app: Pick<Context<unknown>['app'], 'workspaces'>;
  readonly call: Call;
  readonly tokens: TokensOf;
  readonly client: InstallClient;
  readonly redirectUri: string;
  /** Greets whoever installed the app, besides. */
  readonly welcome: (here: Installation, user: string) => void;
}

/** Where the browser goes next, or what it shows. */
export type Landed = { readonly to: string } | InstallPage;

const CALL_MS = 5_000;

/** Words of Slack for a code that is no use, or no more. Anything else is wrong with our settings. */
const codeIsOver: ReadonlySet<string> = new Set(['code_already_used', 'invalid_code', 'code_expired']);

export async function land(deps: LandDeps, code: string): Promise<Landed> {
  const { app, call, client, redirectUri, brandName, clock, log } = deps;
  const pages = installPages(brandName);
  const now = clock.now();
  let granted: SlackOk;
  try {
    granted = await exchangeCode(call, client, { code, redirectUri }, AbortSignal.timeout(CALL_MS));
  } catch (error) {
    if (error instanceof SlackNo && codeIsOver.has(error.error)) return pages.over;
    log.error({ error }, 'Slack did not exchange the code of an installation');
    return error instanceof SlackNo && error.status < 429 ? pages.wrongSettings : pages.slackAway;
  }
  if (isOrgWide(granted)) {
    await revoke(deps, granted, null);
    return pages.orgWide;
  }
  let installation: NewInstallation | null = null;
  let version: number;
  try {
    installation = installationIn(granted, now);
    version = await app.workspaces.installed(installation);
  } catch (error) {
    log.error({ error, externalId: installation?.externalId ?? null }, 'an installation could not be kept');
    await revoke(deps, granted, installation);
    return pages.notKept;
  }
  const { platform, externalId, name, installedBy } = installation;
  if (installedBy !== null) deps.welcome({ ...installation, version }, installedBy);
  try {
    const { url } = await app.workspaces.makeWorkspaceLink({ platform, externalId, name });
    return { to: url };
  } catch (error) {
    log.warn({ error, externalId }, 'installed, but no link could be made');
    return pages.linkLater(name);
  }
}

/** Nobody keeps this token, so nobody else may find it. The app stays in the workspace until somebody removes or reinstalls it. */
async function revoke({ call, tokens, log }: LandDeps, granted: SlackOk, installation: NewInstallation | null): Promise<void> {
  const token = granted['access_token'];
  if (typeof token !== 'string' || token === '') return;
  // Slack gives an app whose tokens do not rotate the token that it has already: then that one is in use.
  const before = installation === null ? null : await tokens.of(installation.externalId).catch(() => null);
  if (before?.tokens.bot === token) return;
  await call('auth.revoke', token, {}, AbortSignal.timeout(CALL_MS)).catch((error: unknown) => {
    log.error({ error, externalId: installation?.externalId ?? null }, 'a fresh token could not be revoked');
  });
}
