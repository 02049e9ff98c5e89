// Servers that we are added to and removed from. Discord tells all of them at each new connection, so what is known already costs nothing,
// and a server that is not among them has removed us while nobody listened.

import type { NewInstallation } from '#core/domain/workspaces/installation.ts';
import { DiscordNo } from '../api/call.ts';
import type { Dispatch, Told } from '../gateway/dispatch.ts';
import { isHidden } from '../gateway/guild-shapes.ts';
import { channelOf } from '../keys.ts';
import { shardOf } from '../snowflake.ts';
import { taken } from '../said/taken.ts';
import type { ServersDeps } from './deps.ts';
import { channelPlace } from './names.ts';
import {
  channelUpdateSchema,
  guildCreateSchema,
  guildDeleteSchema,
  guildSchema,
  memberUpdateSchema,
  readySchema,
  type JoinedGuild,
} from './shapes.ts';
import { welcome } from './welcome.ts';

/** Whoever was added longer ago, as where the product is new or its database is, is not greeted. */
const FRESH_MS = 60 * 60_000;
const ASK_MS = 5_000;

export function serverHandlers(deps: ServersDeps): Dispatch {
  const { app, call, me, members, attempt, clock, log } = deps;
  /** Names of servers whose installation is kept, by their ids. */
  const known = new Map<string, string>();
  let listing: Promise<unknown> = Promise.resolve();

  return {
    READY: taken(log, readySchema, ended),
    GUILD_CREATE: taken(log, guildCreateSchema, joined),
    GUILD_UPDATE: taken(log, guildSchema, renamed),
    GUILD_DELETE: taken(log, guildDeleteSchema, left),
    CHANNEL_UPDATE: taken(log, channelUpdateSchema, async ({ id, guild_id: guild, name, permission_overwrites: overwrites }) => {
      if (guild && name && (await app.workspaces.place(channelOf(guild, id))) !== null)
        await app.workspaces.placeNamed(channelPlace(channelOf(guild, id), guild, { name, isPrivate: isHidden(overwrites, guild) }));
    }),
    // Our own roles say whose mention is ours.
    GUILD_MEMBER_UPDATE: taken(log, memberUpdateSchema, async ({ guild_id: guild, user }) => members.forget(guild, user.id)),
  };

  async function ended(
    { user, guilds, shard: [shard, shards] }: { user: { id: string }; guilds: { id: string }[]; shard: [number, number] },
    told: Told,
  ) {
    // An installation that is newer than this news stays.
    const happenedAt = new Date(clock.now().getTime() - Math.max(0, performance.now() - told.cameMs));
    const there = new Set(guilds.map(({ id }) => id));
    const kept = app.workspaces.installedOn('discord');
    listing = kept.catch(() => undefined);
    // Whoever was removed meanwhile, and is added again later, is new.
    known.clear();
    for (const { externalId, name } of await kept) {
      if (there.has(externalId)) known.set(externalId, name);
      else if (shardOf(externalId, shards) === shard) await endedIn(externalId, user.id, happenedAt);
    }
  }

  async function endedIn(guild: string, us: string, happenedAt: Date) {
    const installation = await app.workspaces.installation('discord', guild);
    if (installation === null) return;
    // Whoever starts the product with the token of another app was removed from nowhere.
    if (installation.botUserId !== us) return log.warn({ guildId: guild }, 'installation of another Discord app left as it is');
    await app.workspaces.uninstalled({ platform: 'discord', externalId: guild, happenedAt });
  }

  async function joined(guild: JoinedGuild) {
    // During an outage nothing is told of it but that.
    if (guild.unavailable) return;
    // Told right after READY, ten thousand servers are looked up at once rather than one by one.
    await listing;
    // Another process may have been told of a removal since.
    if (known.get(guild.id) === guild.name && !isFresh(guild)) return;
    const [before, us] = [await app.workspaces.installation('discord', guild.id), await me()];
    if (before?.name !== guild.name || before.botUserId !== us) await app.workspaces.installed(installationIn(guild, us));
    known.set(guild.id, guild.name);
    if (before === null && isFresh(guild)) attempt(welcome(deps, guild, us));
  }

  function isFresh({ joined_at: at }: JoinedGuild): boolean {
    return new Date(at).getTime() > clock.now().getTime() - FRESH_MS;
  }

  async function renamed({ id, name }: { id: string; name: string }) {
    if (name === '' || known.get(id) === name || (await app.workspaces.installation('discord', id)) === null) return;
    await app.workspaces.installed(installationIn({ id, name }, await me()));
    known.set(id, name);
  }

  async function left({ id, unavailable }: { id: string; unavailable: boolean }, { isReplay }: Told) {
    // An outage of Discord ends nothing, and neither does news from before we were added again.
    if (unavailable || (isReplay && (await isThere(id)))) return;
    known.delete(id);
    await app.workspaces.uninstalled({ platform: 'discord', externalId: id });
  }

  async function isThere(guild: string): Promise<boolean> {
    try {
      await call({ method: 'GET', path: `/guilds/${guild}` }, AbortSignal.timeout(ASK_MS));
      return true;
    } catch (error) {
      if (error instanceof DiscordNo && (error.status === 403 || error.status === 404)) return false;
      throw error;
    }
  }
}

function installationIn({ id, name }: Pick<JoinedGuild, 'id' | 'name'>, me: string): NewInstallation {
  return {
    platform: 'discord',
    externalId: id,
    enterpriseId: null,
    name: name || id,
    botUserId: me,
    scopes: [],
    // One token is for all servers, and is a setting.
    tokens: { bot: 'app', refresh: null, expiresAt: null },
    installedBy: null,
  };
}
