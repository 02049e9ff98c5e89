// What one person is told where no interaction can answer: in a direct message, once. Whoever takes none finds a button below their
// message, which shows it to them alone.

import { z } from 'zod';
import { AGAIN_MS, forOne, type Patiently } from '#bots/for-one.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import type { Show } from '#core/flows/chats/answer.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import { DiscordAway, DiscordNo, type Call } from '../api/call.ts';
import { renderDiscord } from '../draw/render.ts';
import type { Guilds } from '../gateway/guilds.ts';
import { postOnce } from './post-once.ts';
import type { Recipient } from './recipient.ts';
import { idSchema } from './shapes.ts';
import { sayAnswerIsPrivate, withPlace } from './words.ts';

export interface Private {
  /** `key`: of the gesture that is answered; told once by it. */
  show(key: string, to: Recipient, show: Show): void;
  tell(key: string, to: Recipient, reply: Reply): void;
  /** Below their message, for everybody there. */
  reply(key: string, to: Recipient, reply: Reply): void;
  /** Waited for before everything stops. Must not reject. */
  attempt(work: Promise<unknown>): void;
  ended(): Promise<void>;
}

interface Needs {
  readonly call: Call;
  readonly guilds: Pick<Guilds, 'whereIs'>;
  readonly clock: Clock;
  readonly log: Log;
}

type To = Recipient & { readonly key: string; readonly isPublic: boolean };

const CALL_MS = 5_000;
const POSTS_MOST = 5;
/** Direct messages are closed, opened too fast for now, or this person shares no server with us. */
const takesNone: ReadonlySet<number> = new Set([50_007, 50_278, 40_003]);

export function discordPrivate({ call, guilds, clock, log }: Needs): Private {
  const told = forOne<To>({
    post: (to, reply, patiently) => (to.isPublic ? below(to, reply, patiently) : directly(to, reply, patiently)),
    againAfterMs(error) {
      if (error instanceof DiscordNo) return error.retryAfterMs;
      return error instanceof DiscordAway ? AGAIN_MS : null;
    },
    about: ({ user, message }) => ({ userId: user, messageId: message }),
    clock,
    log,
  });

  async function directly(to: To, reply: Reply, patiently: Patiently): Promise<void> {
    try {
      const channel = to.guild === null ? to.channel : await patiently(() => openDirect(to.user));
      await post(channel, to, to.guild === null ? reply : withPlace(reply, to, await nameOf(to.channel)), patiently);
    } catch (error) {
      if (to.guild === null || !(error instanceof DiscordNo) || !takesNone.has(error.code)) throw error;
      await below(to, sayAnswerIsPrivate(to.user), patiently);
    }
  }

  function below(to: To, reply: Reply, patiently: Patiently): Promise<void> {
    return post(to.channel, to, reply, patiently, to.message);
  }

  async function post(channel: string, { key }: To, reply: Reply, patiently: Patiently, below?: string): Promise<void> {
    const posts = renderDiscord(reply).slice(0, POSTS_MOST);
    for (const [part, each] of posts.entries())
      await patiently(() => postOnce(call, channel, each, { key: `${key} ${channel} ${part}`, below: below ?? null }, signal()));
  }

  async function openDirect(user: string): Promise<string> {
    const answer = await call({ method: 'POST', path: '/users/@me/channels', body: { recipient_id: user } }, signal());
    return z.object({ id: idSchema }).parse(answer).id;
  }

  async function nameOf(channel: string): Promise<string | null> {
    return (await guilds.whereIs(channel, signal()).catch(() => null))?.name ?? null;
  }

  return {
    show: (key, to, show) => void (show.kind === 'private' && told.tell(key, { ...to, key, isPublic: false }, show.reply)),
    tell: (key, to, reply) => told.tell(key, { ...to, key, isPublic: false }, reply),
    reply: (key, to, reply) => told.tell(key, { ...to, key, isPublic: true }, reply),
    attempt: told.attempt,
    ended: told.ended,
  };
}

function signal(): AbortSignal {
  return AbortSignal.timeout(CALL_MS);
}
