// What is known of servers and channels: what the gateway told, and what REST says where it told nothing. After a resume nothing is told
// again, threads may never be announced, and a process without the gateway hears of nothing.

import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { DiscordNo, type Call } from '../api/call.ts';
import { isOlder } from '../snowflake.ts';
import { shapes, whereOf } from './guild-shapes.ts';
import type { Guilds, IsOf, Where } from './guilds.ts';
import { rightsOf, toldGuilds, type Guild } from './told-guilds.ts';

export interface GuildMemory extends Guilds {
  /** Takes what an event tells of servers and channels. */
  note(name: string, data: unknown): void;
  /** Nothing that was told of these servers counts any more: another process is told of changes now. */
  forget(isOf: IsOf): void;
}

/** What REST said is asked again after this. */
const KEPT_MS = 10 * 60_000;
const MISSING_MS = 30_000;
const KEPT_MOST = 10_000;
const GUILD_CALL_MS = 5_000;

/** ADMINISTRATOR, MANAGE_GUILD (docs, Permissions). */
const ADMINISTERS = (1n << 3n) | (1n << 5n);
const MIB = 1024 * 1024;
/** By a server's premium tier. */
const attachable = [10 * MIB, 10 * MIB, 50 * MIB, 100 * MIB] as const;

export function guildMemory({ call, clock, log }: { call: Call; clock: Clock; log: Log }): GuildMemory {
  const told = toldGuilds(log);
  const guilds = answers<Guild>(clock);
  const channels = answers<Where | null>(clock);
  const asking = new Map<string, Promise<void>>();
  const known = (guild: string) => told.guild(guild) ?? guilds.get(guild);

  return {
    async whereIs(channel, signal) {
      let where: Where | null | undefined = told.channel(channel) ?? channels.get(channel);
      if (where === undefined) where = await askChannel(channel, signal);
      if (where !== null && where.guild !== null && known(where.guild) === undefined) await askGuild(where.guild);
      return where;
    },
    administers(guild, user, roles) {
      const about = known(guild);
      if (about === undefined) return null;
      if (about.owner === user) return true;
      // Everybody has the role that is called as the server is.
      return [guild, ...roles].some((role) => ((about.roles.get(role) ?? 0n) & ADMINISTERS) !== 0n);
    },
    nameOf: (guild) => known(guild)?.name ?? null,
    channelsAfter: (mark, isOf) =>
      [...told.latest()].flatMap(([id, lastMessageId]) =>
        isOlder(mark, lastMessageId) && isOf(told.channel(id)?.guild ?? null) ? [{ id, lastMessageId }] : [],
      ),
    attachMost: (guild) => attachable[guild === null ? 0 : (known(guild)?.tier ?? 0)] ?? attachable[0],
    note(name, data) {
      told.note(name, data);
      // A thread that was locked, a role that got other rights: what REST said before no longer holds.
      const { id, guild_id: guild } = (data ?? {}) as { id?: unknown; guild_id?: unknown };
      if (name.startsWith('THREAD_') || name.startsWith('CHANNEL_')) channels.delete(String(id));
      if (name.startsWith('GUILD_')) guilds.delete(String(guild ?? id));
    },
    forget(isOf) {
      told.forget(isOf);
      guilds.clear();
      channels.clear();
    },
  };

  async function askChannel(id: string, signal: AbortSignal): Promise<Where | null> {
    try {
      const where = whereOf(shapes.channel.parse(await call({ method: 'GET', path: `/channels/${id}` }, signal)));
      channels.set(id, where, KEPT_MS);
      return where;
    } catch (error) {
      if (!(error instanceof DiscordNo) || (error.status !== 404 && error.status !== 403)) throw error;
      channels.set(id, null, MISSING_MS);
      return null;
    }
  }

  /** Once for all who need it. Never rejects: who administers the server is then not known. */
  function askGuild(id: string): Promise<void> {
    const before = asking.get(id);
    if (before !== undefined) return before;
    const one = call({ method: 'GET', path: `/guilds/${id}` }, AbortSignal.timeout(GUILD_CALL_MS))
      .then((answer) => guilds.set(id, rightsOf(shapes.guild.parse(answer)), KEPT_MS))
      .catch((error: unknown) => log.warn({ guild: id, error }, 'server of Discord not read'))
      .finally(() => asking.delete(id));
    asking.set(id, one);
    return one;
  }
}

/** Answers that hold for a while. */
function answers<T>(clock: Clock) {
  const kept = new Map<string, { readonly answer: T; readonly untilMs: number }>();
  const nowMs = () => clock.now().getTime();
  return {
    /** undefined where there is none. */
    get(id: string): T | undefined {
      const found = kept.get(id);
      return found !== undefined && found.untilMs > nowMs() ? found.answer : undefined;
    },
    set(id: string, answer: T, forMs: number): void {
      if (kept.size >= KEPT_MOST) kept.delete(kept.keys().next().value!);
      kept.set(id, { answer, untilMs: nowMs() + forMs });
    },
    delete: (id: string) => void kept.delete(id),
    clear: () => kept.clear(),
  };
}
