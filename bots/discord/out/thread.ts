// The thread of a message has the message's id, so it is known where to answer before there is a thread. It is begun by whoever answers
// first. Where it may not be begun, the answer follows the message in its channel.

import { oneLine } from '#bots/drawing/fit.ts';
import { PostError } from '#core/ports/poster.ts';
import { messageSchema } from '../api/answers.ts';
import { codes, DiscordNo, isNo } from '../api/errors.ts';
import type { DiscordAddress } from '../refs.ts';
import { atOf } from '../snowflake.ts';
import type { OutDeps } from './deps.ts';
import { remembered } from './remembered.ts';
import { threadIsGone } from './troubles.ts';

/** Posts in a channel; `answers`: the message that it follows there. */
export type Send<T> = (channel: string, answers: string | null) => Promise<T>;

export interface Threads {
  /** Posts where the address says, with what that needs. */
  send<T>(address: DiscordAddress, send: Send<T>, signal: AbortSignal): Promise<T>;
  /** The thread of a root of ours, as well as it goes: whoever posts there next begins it otherwise. */
  beginBelow(channel: string, root: string, name: string, signal: AbortSignal): Promise<void>;
}

/** A message of this age has probably no thread yet: asking first saves a call that fails. */
const YOUNG_MS = 60_000;
/** A channel that lets us begin no thread is asked again after this. */
const WITHOUT_MS = 10 * 60_000;
const KEPT_MOST = 5_000;
/** Discord's most for a name, and minutes after which a quiet thread leaves the list. */
const NAME_MOST = 100;
const ARCHIVE_MINUTES = 1_440;
const NAME_OTHERWISE = 'Request';

const noName: ReadonlySet<number> = new Set([codes.autoMod, codes.autoModTitle, codes.invalidForm]);
const mayNotBegin: ReadonlySet<number> = new Set([codes.noPermission, codes.noAccess, codes.notOnThisChannel, codes.tooManyThreads]);

export function discordThreads({ call, clock, titles }: Pick<OutDeps, 'call' | 'clock' | 'titles'>): Threads {
  const begun = remembered<true>(KEPT_MOST);
  /** Messages that are answered in their channel, and until when. */
  const without = remembered<number>(KEPT_MOST);
  const now = () => clock.now().getTime();

  return {
    async send({ guild, channel, thread }, send, signal) {
      const here = (each: string, answers: string | null = null) => unarchived(each, () => send(each, answers), signal);
      if (thread === '' || thread === channel || guild === '@me') return here(thread || channel);
      if ((without.of(thread) ?? 0) > now()) return here(channel, thread);
      const isYoung = begun.of(thread) === undefined && now() - atOf(thread).getTime() < YOUNG_MS;
      let no = isYoung ? await begin(channel, thread, null, signal) : undefined;
      try {
        const sent = await here(thread);
        begun.note(thread, true);
        return sent;
      } catch (error) {
        if (!isNo(error, codes.unknownChannel)) throw error;
        begun.forget(thread);
        if (no === null) throw threadIsGone(error);
      }
      no ??= await begin(channel, thread, null, signal);
      if (no === null) return again(() => here(thread));
      if (mayNotBegin.has(no.code)) {
        without.note(thread, now() + WITHOUT_MS);
        return here(channel, thread);
      }
      // Where the message is gone too, nobody can tell whether there was a thread that people left with it: nothing is posted in the channel.
      throw no;
    },
    async beginBelow(channel, root, name, signal) {
      await begin(channel, root, name, signal).catch(() => undefined);
    },
  };

  /** null when it is there now, else why it is not. Rejects for what says nothing of it. */
  async function begin(channel: string, message: string, name: string | null, signal: AbortSignal): Promise<DiscordNo | null> {
    const called = name ?? titles.of(message) ?? (await firstLineOf(channel, message, signal));
    const no = await beginAs(nameFrom(called));
    // A name that the server's AutoMod or Discord itself does not take is no reason to leave the answer out.
    return no !== null && noName.has(no.code) ? beginAs(NAME_OTHERWISE) : no;

    async function beginAs(as: string): Promise<DiscordNo | null> {
      const body = { name: as, auto_archive_duration: ARCHIVE_MINUTES };
      try {
        await call({ method: 'POST', path: `/channels/${channel}/messages/${message}/threads`, body }, signal);
      } catch (error) {
        if (!(error instanceof DiscordNo) || error.retryAfterMs !== null) throw error;
        if (error.code !== codes.threadExists) return error;
      }
      begun.note(message, true);
      return null;
    }
  }

  async function firstLineOf(channel: string, message: string, signal: AbortSignal): Promise<string> {
    try {
      const { content } = messageSchema.parse(await call({ method: 'GET', path: `/channels/${channel}/messages/${message}` }, signal));
      return content ?? '';
    } catch {
      // Beginning it says whether there is anything to begin.
      return '';
    }
  }

  /** A thread that Discord put away is opened once more. */
  async function unarchived<T>(channel: string, send: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await send();
    } catch (error) {
      if (!isNo(error, codes.threadArchived)) throw error;
      try {
        await call({ method: 'PATCH', path: `/channels/${channel}`, body: { archived: false } }, signal);
      } catch (no) {
        // Locked: whoever may not open it may not post there either.
        if (no instanceof DiscordNo && no.retryAfterMs === null) throw new PostError('never', no.message, { why: 'closed', cause: no });
        throw no;
      }
      return send();
    }
  }
}

/** One that exists and cannot be posted in was deleted. */
async function again<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw isNo(error, codes.unknownChannel) ? threadIsGone(error) : error;
  }
}

/** Mentions are ids for whoever reads a thread's name. */
export function nameFrom(text: string): string {
  const line = text
    .replace(/<[@#][!&]?\d+>/g, ' ')
    .split('\n')
    .find((each) => each.trim() !== '');
  return line === undefined ? NAME_OTHERWISE : oneLine(line, NAME_MOST);
}
