// The app in workspaces of chat platforms, for their adapters: it is installed, its tokens are read by every process and rotated
// by one, and it is removed.

import { NO_CREDITS } from '#core/domain/credits/credits.ts';
import { newId } from '#core/domain/ids.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { cleanText, shorten } from '#core/domain/text/text.ts';
import { installationLimits, type Installation, type NewInstallation, type Tokens } from '#core/domain/workspaces/installation.ts';
import type { Ending } from '#core/store/tasks/finish.ts';
import { LockedOut } from '#core/store/database/outage.ts';
import type { InstalledThere, LiveTask, Version } from '#core/store/workspaces/installations.ts';
import { writeMail } from '../mail/mail.ts';
import type { Core } from '../runtime/core.ts';

/** A notification that was lost costs this long at the most. */
const KEPT_MS = 60_000;
const KEPT_MOST = 2_000;
/** A platform that does not answer by then has not refreshed anything. The row stays locked so long. */
const REFRESH_MS = 10_000;
/** Tokens that were given once cannot be asked for again, so keeping them is tried for half a minute. */
const KEEP_TRIES = 15;
const KEEP_AGAIN_MS = 2_000;
const EXPIRING_AT_ONCE = 100;

/** Exchanges a refresh token with the platform, until the signal aborts. */
export type Refresh = (tokens: Tokens, signal: AbortSignal) => Promise<Tokens>;

export function installationVerbs(core: Core) {
  const { installations, wakeups } = core.store;
  const cached = cacheOf(core);
  wakeups.on('installation', (about) => cached.drop(about));
  // One at a time in this process: each holds a connection for as long as the platform takes.
  let line: Promise<unknown> = Promise.resolve();

  return {
    /**
     * For an adapter: keeps an installation, also one that is told twice; a workspace that was linked to a team stays so. Answers
     * the version of its tokens. Rejects when it could not be kept: the adapter then revokes the fresh tokens.
     */
    async installed(given: NewInstallation): Promise<number> {
      const version = await installations.install(read(given), core.clock.now());
      const { platform, externalId } = given;
      cached.drop(nameOf(platform, externalId));
      core.log.info({ platform, externalId, version }, 'app installed');
      return version;
    },

    /**
     * For an adapter: the app was removed, its tokens are void. Whoever waits for work from there gets an answer that says so, and
     * the team that pays there finds it in its audit log, and its owners in a mail. News older than the present installation (`happenedAt`) changes nothing.
     */
    async uninstalled({ platform, externalId, happenedAt }: { platform: Platform; externalId: string; happenedAt?: Date }): Promise<void> {
      const at = core.clock.now();
      const url = `${core.settings.publicUrl}/team/workspaces`;
      const gone = await installations.uninstall(
        platform,
        externalId,
        happenedAt ?? at,
        at,
        ({ workspaceId, workspace, team, userId, email }, on) =>
          writeMail(
            core,
            {
              key: `app-removed:${workspaceId}:${at.getTime()}:${userId}`,
              to: email,
              saying: { kind: 'app-removed', workspace, platform, team, at: at.toISOString(), url },
            },
            on,
          ),
      );
      if (!gone) return;
      cached.drop(nameOf(platform, externalId));
      core.log.info({ platform, externalId }, 'app removed');
      await endTasks(core, platform, externalId);
    },

    /**
     * For an adapter: which scopes the app has in a workspace, as the platform says them. Where they became fewer than the app needs, the
     * owners of the team that pays there get one mail, and the page of workspaces says so. Nothing happens where they are none.
     */
    async scopesSeen({ platform, externalId, scopes }: Pick<NewInstallation, 'platform' | 'externalId' | 'scopes'>): Promise<void> {
      const has = [...new Set(scopes)].map((scope) => word('scopes', scope, SCOPE)).toSorted();
      if (has.length === 0 || has.length > installationLimits.scopes) return;
      const missing = (core.settings.wantedScopes[platform] ?? []).filter((scope) => !has.includes(scope));
      const at = core.clock.now();
      const url = `${core.settings.publicUrl}/team/workspaces`;
      const changed = await installations.keepScopes(
        platform,
        externalId,
        has,
        async ({ workspaceId, workspace, team, userId, email }, on) => {
          if (missing.length === 0) return;
          const key = `app-permissions:${workspaceId}:${at.getTime()}:${userId}`;
          await writeMail(core, { key, to: email, saying: { kind: 'app-permissions', workspace, platform, team, missing, url } }, on);
        },
      );
      if (changed) core.log.info({ platform, externalId, missing: missing.length }, 'scopes of an app changed');
    },

    /** For an adapter: null when the app is not there. From memory; a change by any process is heard of at once. */
    installation: (platform: Platform, externalId: string): Promise<Installation | null> => cached.read(platform, externalId),

    /** For an adapter: every workspace with the app in it, to find out from which of them it was removed while nobody listened. */
    installedOn: (platform: Platform): Promise<InstalledThere[]> => installations.installedOn(platform),

    /** For an adapter: installations whose tokens expire before then, soonest first. */
    expiringInstallations: (platform: Platform, before: Date): Promise<Version[]> =>
      installations.expiring(platform, before, EXPIRING_AT_ONCE),

    /**
     * For an adapter: has the tokens of this version refreshed once, whoever asks for it in however many processes. Others wait,
     * and get what the first one got. null when the app is gone. Rejects with what `refresh` rejects with; nothing has changed then.
     */
    async rotate(of: Version, refresh: Refresh): Promise<Installation | null> {
      const turn = line.then(() => rotateOnce(core, of, refresh));
      line = turn.catch(() => undefined);
      try {
        return await turn;
      } finally {
        cached.drop(nameOf(of.platform, of.externalId));
      }
    },
  };
}

async function rotateOnce(core: Core, of: Version, refresh: Refresh): Promise<Installation | null> {
  const { installations } = core.store;
  const fresh: Tokens[] = [];
  try {
    return await installations.rotate(of, async (tokens) => {
      const given = readTokens(await within(core, REFRESH_MS, (signal) => refresh(tokens, signal)));
      fresh.push(given);
      return given;
    });
  } catch (error) {
    if (fresh[0] !== undefined) return keepFresh(core, of, fresh[0]);
    // Somebody else was at it for longer than we wait for a lock, and may be done.
    const present = error instanceof LockedOut ? await installations.find(of.platform, of.externalId) : null;
    if (present === null || present.version === of.version) throw error;
    return present;
  }
}

async function keepFresh(core: Core, of: Version, fresh: Tokens): Promise<Installation | null> {
  for (let tries = 1; ; tries++) {
    try {
      return await core.store.installations.replace(of, fresh);
    } catch (error) {
      if (tries === KEEP_TRIES) throw error;
      core.log.warn({ platform: of.platform, externalId: of.externalId, error }, 'refreshed tokens not kept yet');
      await core.clock.sleep(KEEP_AGAIN_MS);
    }
  }
}

/** Ends a call that does not listen to its signal, too. */
async function within<T>({ clock }: Core, ms: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const [over, settled] = [new AbortController(), new AbortController()];
  const late = clock.sleep(ms, settled.signal).then((): never => {
    over.abort();
    throw new Error(`the platform did not refresh tokens within ${ms} ms`);
  });
  try {
    return await Promise.race([call(over.signal), late]);
  } finally {
    late.catch(() => undefined); // nobody waits for it any more
    settled.abort();
  }
}

function cacheOf({ store: { installations }, clock }: Core) {
  const kept = new Map<string, { readonly value: Promise<Installation | null>; readonly untilMs: number }>();
  return {
    read(platform: Platform, externalId: string): Promise<Installation | null> {
      const name = nameOf(platform, externalId);
      const nowMs = clock.now().getTime();
      const known = kept.get(name);
      if (known !== undefined && known.untilMs > nowMs) return known.value;
      if (kept.size >= KEPT_MOST) kept.delete(kept.keys().next().value!);
      const value = installations.find(platform, externalId);
      kept.set(name, { value, untilMs: nowMs + KEPT_MS });
      value.catch(() => kept.get(name)?.value === value && kept.delete(name));
      return value;
    },
    /** About nothing: all of them, since news may have been missed. */
    drop(name: string) {
      if (name === '') kept.clear();
      else kept.delete(name);
    },
  };
}

const TASKS_AT_ONCE = 50;

/** Nobody can post there any more, so nobody is charged for what was under way. */
async function endTasks(core: Core, platform: Platform, externalId: string): Promise<void> {
  const { installations } = core.store;
  for (let tasks = await next(); tasks.length > 0; tasks = await next()) {
    const at = core.clock.now();
    await Promise.all(tasks.map((task) => core.store.finish(endOf(core, task, at), at)));
    // Whoever has one in hand finds that it is over.
    await installations.stopWorkers(
      tasks.map(({ id }) => id),
      at,
    );
    core.log.info({ taskIds: tasks.map(({ id }) => id) }, 'tasks ended, since the app was removed');
  }

  function next() {
    return installations.liveTasks(platform, externalId, TASKS_AT_ONCE);
  }
}

function endOf(core: Core, { id: taskId, teamId, type, platform }: LiveTask, at: Date): Ending {
  const code = 'workspace.uninstalled';
  return {
    taskId,
    teamId,
    attempt: null,
    status: 'failed',
    charge: NO_CREDITS,
    result: null,
    failure: { code },
    usage: null,
    outcome: 'stopped',
    letterId: newId(at.getTime()),
    saying: { kind: 'failed', taskId, type, code },
    readHere: core.settings.readHere.has(platform),
    files: [],
  };
}

function nameOf(platform: Platform, externalId: string): string {
  return `${platform}:${externalId}`;
}

/** What a platform gives is bounded here; what is beyond that is a mistake, and rejected. */
function read({ platform, externalId, enterpriseId, name, botUserId, scopes, tokens, installedBy }: NewInstallation): NewInstallation {
  if (!/^[a-z][a-z0-9-]{0,29}$/.test(platform)) throw wrong('platform', 'must be the word of a platform');
  if (scopes.length > installationLimits.scopes) throw wrong('scopes', `must be ${installationLimits.scopes} at the most`);
  return {
    platform,
    externalId: word('externalId', externalId),
    enterpriseId: enterpriseId === null ? null : word('enterpriseId', enterpriseId),
    name: shorten(cleanText(name).replace(/\s+/g, ' '), installationLimits.nameCharacters) || externalId,
    botUserId: botUserId === null ? null : word('botUserId', botUserId),
    scopes: scopes.map((scope) => word('scopes', scope, SCOPE)),
    tokens: readTokens(tokens),
    installedBy: installedBy === null ? null : word('installedBy', installedBy),
  };
}

function readTokens({ bot, refresh, expiresAt }: Tokens): Tokens {
  const token = (text: string) => {
    if (text === '' || text.length > installationLimits.tokenCharacters) throw wrong('tokens', 'must be tokens of the platform');
    return text;
  };
  return { bot: token(bot), refresh: refresh === null ? null : token(refresh), expiresAt };
}

/** No colon: refs of channels are made of ids. */
const ID = /^[^\s:\p{C}]+$/u;
const SCOPE = /^[\w:.-]+$/;

function word(name: string, text: string, shape = ID): string {
  if (!shape.test(text) || text.length > installationLimits.idCharacters) throw wrong(name, 'must be a word of the platform');
  return text;
}

function wrong(name: string, problem: string) {
  return refuse('request.invalid', { fields: [{ name, problem }] });
}
