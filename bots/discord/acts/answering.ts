// An interaction is answered within three seconds: with what it led to, or with a promise of it.

import type { Reply } from '#core/domain/messages/reply.ts';
import type { Log } from '#core/ports/log.ts';
import { DiscordAway, DiscordNo, type Call } from '../api/call.ts';
import { renderDiscord } from '../draw/render.ts';
import type { Answer, Answering, Asked, Doing, InteractionDoor, WaitOf, Work } from './answer.ts';
import { alone, DEFERRED, filled, FORM, MESSAGE, UPDATE_LATER } from './responses.ts';
import { sayFormNotOpened, sayNotTaken } from './words.ts';

/** Discord waits three seconds for the first answer, and it has to travel. */
const DEFER_AFTER_MS = 700;
/** A form opens within Discord's three seconds, or not at all. */
const FORM_WITHIN_MS = 2_000;
const FORM_AT_MOST_MS = 2_300;
/** Whoever was promised an answer has more patience than Discord. */
const PROMISED_WITHIN_MS = 5_000;
const CALL_MS = 5_000;
const TRIES = 3;
const AGAIN_MS = 500;
/** Five follow-ups are what a server takes that has not installed the app; the first answer is none of them. */
const POSTS_MOST = 5;

/** Codes after which another try is no use: unknown interaction, unknown webhook, expired token. */
const tokenIsDead: ReadonlySet<number> = new Set([10062, 10015, 50027]);
const ANSWERED_ALREADY = 40060;

export function discordAnswering({
  call,
  applicationId,
  log,
}: {
  readonly call: Call;
  readonly applicationId: string;
  readonly log: Log;
}): Answering {
  return {
    async answer(door, work) {
      const { asked } = work;
      const wait = waitOf(door, asked);
      const promise = async () => respond(door, asked === 'command' ? DEFERRED : UPDATE_LATER);
      const beginning = begun(door, work);
      if (asked === 'form') {
        const opened = beginning.then(async (doing) => safely(door, doing.does(wait, true)));
        return first(door, work, (await within(FORM_AT_MOST_MS - waited(door), opened)) ?? notTaken);
      }
      const doing = await within(DEFER_AFTER_MS - waited(door), beginning);
      if (doing === null || doing.isPromised === true) {
        const isOpen = await promise();
        return later(door, work, await safely(door, (doing ?? (await beginning)).does(wait, isOpen)), isOpen);
      }
      const outcome = safely(door, doing.does(wait, true));
      const soon = await within(DEFER_AFTER_MS - waited(door), outcome);
      if (soon !== null) return first(door, work, soon);
      const isOpen = await promise();
      await later(door, work, await outcome, isOpen);
    },
  };

  function begun(door: InteractionDoor, { begin }: Work): Promise<Doing> {
    return begin().catch((error: unknown) => {
      log.warn({ interactionId: door.id, error }, 'interaction not taken');
      return { does: async () => notTaken };
    });
  }

  /** A mistake of ours must not leave anybody without an answer. */
  function safely(door: InteractionDoor, answer: Promise<Answer>): Promise<Answer> {
    return answer.catch((error: unknown) => {
      log.error({ interactionId: door.id, error }, 'interaction failed');
      return notTaken;
    });
  }

  async function first(door: InteractionDoor, work: Work, answer: Answer): Promise<void> {
    const { asked, otherwise } = work;
    if (answer.kind === 'modal') {
      const isOpen = await respond(door, { type: FORM, data: answer.modal });
      return isOpen ? undefined : otherwise(sayFormNotOpened);
    }
    if (answer.kind === 'nothing') return void (await respond(door, asked === 'command' ? DEFERRED : UPDATE_LATER));
    const [post, ...more] = postsOf(answer.reply);
    const taken = await took(door, 'first answer', () => door.respond({ type: MESSAGE, data: post }));
    // Another process has answered, or promised to and died before it did.
    if (taken === 'before') return later(door, work, answer, true);
    if (taken === null) return otherwise(answer.reply);
    for (const next of more) await follow(door, next);
  }

  async function later(door: InteractionDoor, { asked, otherwise }: Work, answer: Answer, isOpen: boolean): Promise<void> {
    if (answer.kind !== 'private') return;
    const [post, ...more] = postsOf(answer.reply);
    const isShown = isOpen && (asked === 'command' ? await fillIn(door, answer.reply) : await follow(door, post!));
    if (!isShown) return otherwise(answer.reply);
    for (const next of more) await follow(door, next);
  }

  /** Whether Discord took it, now or before. */
  async function respond(door: InteractionDoor, body: object): Promise<boolean> {
    return (await took(door, 'first answer', () => door.respond(body))) !== null;
  }

  async function fillIn(door: InteractionDoor, reply: Reply): Promise<boolean> {
    const body = filled(renderDiscord(reply)[0]!.components);
    return (await took(door, 'answer', () => ask('PATCH', `${webhook(door)}/messages/@original`, body))) !== null;
  }

  async function follow(door: InteractionDoor, body: object): Promise<boolean> {
    return (await took(door, 'follow-up', () => ask('POST', webhook(door), body))) !== null;
  }

  function webhook({ token }: InteractionDoor): string {
    return `/webhooks/${applicationId}/${token}`;
  }

  async function ask(method: 'POST' | 'PATCH', path: string, body: object): Promise<void> {
    await call({ method, path, body, as: 'interaction' }, AbortSignal.timeout(CALL_MS));
  }

  /** `before`: it was answered already when we tried for the first time. null: Discord does not take it. */
  async function took(door: InteractionDoor, what: string, send: () => Promise<void>): Promise<'now' | 'before' | null> {
    for (let tries = 1; ; tries++) {
      try {
        await send();
        return 'now';
      } catch (error) {
        if (error instanceof DiscordNo && error.code === ANSWERED_ALREADY) {
          log.info({ interactionId: door.id, what }, 'interaction was answered before');
          return tries === 1 ? 'before' : 'now';
        }
        const isFinal = tries === TRIES || (error instanceof DiscordNo && (tokenIsDead.has(error.code) || error.retryAfterMs === null));
        const isRepeatable = !(error instanceof DiscordAway) || error.surelyNotDone || what !== 'follow-up';
        if (isFinal || !isRepeatable) {
          // Never the error itself: it may hold the path, and the path a token.
          log.warn({ interactionId: door.id, code: error instanceof DiscordNo ? error.code : null, what }, 'interaction not answered');
          return null;
        }
        await pause(error instanceof DiscordNo ? Math.min(error.retryAfterMs ?? AGAIN_MS, CALL_MS) : AGAIN_MS);
      }
    }
  }
}

const notTaken: Answer = { kind: 'private', reply: sayNotTaken };

function waitOf(door: InteractionDoor, asked: Asked): WaitOf {
  return () => ({
    waitedMs: waited(door),
    withinMs: asked === 'form' ? FORM_WITHIN_MS : PROMISED_WITHIN_MS,
  });
}

function waited({ cameMs }: InteractionDoor): number {
  return performance.now() - cameMs;
}

function postsOf(reply: Reply): object[] {
  return renderDiscord(reply)
    .slice(0, POSTS_MOST)
    .map(({ components }) => alone(components));
}

/** null where it takes longer. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), Math.max(0, ms));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
