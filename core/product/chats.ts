// Chat platforms as this process meets them: what the configuration says about each, and a sandbox for those it says nothing
// about.

import path from 'node:path';
import type { Adapter, AdapterSandbox, LinkedByStart } from '#bots/adapter.ts';
import type { Config, Off, Real, Sandbox } from '#core/contracts/env.ts';
import { isLoopbackHost } from '#core/domain/accounts/loopback.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { LoginProvider } from '#core/ports/login-provider.ts';
import type { Mount, SandboxPage } from '#core/ports/mount.ts';

/** Where the configuration has the settings of a platform. A platform that is not named here has none. */
const inConfig: Readonly<Record<Platform, (config: Config) => Off | Sandbox | Real>> = {
  slack: ({ slack }) => slack,
  discord: ({ discord }) => discord,
};

const logInWith: Readonly<Record<Platform, (config: Config) => object | null>> = {
  slack: ({ logIn }) => logIn.slack,
  discord: ({ logIn }) => logIn.discord,
};

export interface Chats {
  /** What each adapter is started with, by platform. One that is not named is not started. */
  readonly settings: Readonly<Record<Platform, unknown>>;
  /** What the sandboxes answer. */
  readonly mounts: readonly Mount[];
  readonly pages: readonly SandboxPage[];
  /** Workspaces of sandboxes for which the first person's team pays. */
  readonly linked: readonly (LinkedByStart & { readonly platform: Platform })[];
  readonly sandboxes: readonly { readonly platform: Platform; stop(): Promise<void> }[];
}

export interface ChatNeeds {
  readonly adapters: readonly Adapter[];
  /** For tests: settings that win over the configuration's. */
  readonly settings?: Readonly<Record<Platform, unknown>> | undefined;
  /** Whether platforms without settings are played. */
  readonly play: boolean;
  /** Where this process will answer HTTP on this machine. */
  readonly url: string;
  /** Where people reach it. */
  readonly publicUrl?: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Where somebody adds the app to a workspace of theirs. A process that answers pages need not be one that speaks on platforms. */
export function installLinks(
  config: Pick<Config, 'slack' | 'discord'>,
  settings: Chats['settings'],
): readonly { platform: Platform; title: string; path: string }[] {
  const [slack, discord] = [settings['slack'] ?? config.slack, settings['discord'] ?? config.discord];
  const toSlack = slack instanceof Object && 'install' in slack && slack.install !== null;
  // Only Discord itself has a page for it: a sandbox has none.
  const isReal = discord instanceof Object && 'applicationId' in discord && 'apiUrl' in discord && discord.apiUrl === null;
  const app = isReal ? String(discord.applicationId) : null;
  return [
    ...(toSlack ? [{ platform: 'slack', title: 'Add to Slack', path: '/slack/install' }] : []),
    ...(app === null ? [] : [{ platform: 'discord', title: 'Add to Discord', path: discordInstall(app) }]),
  ];
}

/** With which platforms people can log in, in the order of the adapters. A process that answers pages need not be one that speaks there. */
export function loginProviders(
  config: Config,
  settings: Chats['settings'],
  { adapters, clock }: Pick<ChatNeeds, 'adapters' | 'clock'>,
): readonly LoginProvider[] {
  return adapters.flatMap((adapter) => {
    const given = settings[adapter.platform] ?? logInWith[adapter.platform]?.(config) ?? null;
    return given === null ? [] : (adapter.logIn?.(given, { clock }) ?? []);
  });
}

/** View Channels, Send Messages, Create Public Threads, Send Messages in Threads, Read Message History, Attach Files (docs/discord.md). */
const DISCORD_PERMISSIONS = 309_237_746_688;

function discordInstall(applicationId: string): string {
  return `https://discord.com/oauth2/authorize?client_id=${applicationId}&scope=bot+applications.commands&permissions=${DISCORD_PERMISSIONS}`;
}

/** For a process that speaks on no platform. */
export const noChats: Chats = { settings: {}, mounts: [], pages: [], linked: [], sandboxes: [] };

/** Starts the sandboxes that are needed. When one can't start, none stays. */
export async function openChats(config: Config, { adapters, settings: given = {}, play, ...rest }: ChatNeeds): Promise<Chats> {
  const settings: Record<Platform, unknown> = {};
  const toPlay: Adapter[] = [];
  // Whoever may listen on other addresses than this machine's has no business with a sandbox.
  const mayPlay = play && !config.production && isLoopbackHost(config.http.host);
  for (const adapter of adapters) {
    const { platform } = adapter;
    const own: Off | Sandbox | Real = inConfig[platform]?.(config) ?? { kind: 'sandbox' };
    if (given[platform] !== undefined) settings[platform] = given[platform];
    else if (own.kind === 'real') settings[platform] = own;
    else if (own.kind === 'sandbox' && mayPlay && adapter.startSandbox) toPlay.push(adapter);
  }

  const starts = await Promise.allSettled(toPlay.map(async (adapter) => ({ adapter, sandbox: await startOne(config, adapter, rest) })));
  const started = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed) {
    await Promise.all(started.map(({ sandbox }) => sandbox.stop()));
    throw failed.reason;
  }
  for (const { adapter, sandbox } of started) settings[adapter.platform] = sandbox.settings;
  return {
    settings,
    mounts: started.flatMap(({ sandbox }) => sandbox.mounts),
    pages: started.flatMap(({ sandbox }) => sandbox.page ?? []),
    linked: started.flatMap(({ adapter: { platform }, sandbox }) => (sandbox.linked ?? []).map((each) => ({ ...each, platform }))),
    sandboxes: started.map(({ adapter, sandbox }) => ({ platform: adapter.platform, stop: () => sandbox.stop() })),
  };
}

async function startOne(
  { dataDir }: Config,
  adapter: Adapter,
  { url, publicUrl = url, clock, log }: Pick<ChatNeeds, 'url' | 'publicUrl' | 'clock' | 'log'>,
): Promise<AdapterSandbox<unknown>> {
  const { platform } = adapter;
  const sandbox = await adapter.startSandbox!({
    dataDir: path.join(dataDir, platform),
    url,
    publicUrl,
    clock,
    log: log.child({ sandbox: platform }),
  });
  const home = `/sandbox/${platform}`;
  const outside = [...sandbox.mounts, ...(sandbox.page ? [sandbox.page] : [])].find(
    (each) => each.path !== home && !each.path.startsWith(`${home}/`),
  );
  if (outside === undefined) return sandbox;
  await sandbox.stop();
  // Only addresses below /sandbox are closed to strangers.
  throw new Error(`The sandbox of ${platform} may answer ${home} and what is below it, not ${outside.path}.`);
}
