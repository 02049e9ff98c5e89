// What is for one person alone: an answer to their interaction, as long as Discord takes one, then a direct message. The first fills in
// what the interaction promised, each further one is a post of its own that nobody else sees.

import { PostError, type LetterPart, type Posted } from '#core/ports/poster.ts';
import { messageSchema, type SeenMessage } from '../api/answers.ts';
import { codes, DiscordAway, isNo } from '../api/errors.ts';
import type { DiscordPost } from '../draw/render.ts';
import { answerRef, messageRef } from '../keys.ts';
import { withOrigin } from '../origin.ts';
import type { DiscordAddress } from '../refs.ts';
import type { OutDeps } from './deps.ts';
import { directRef, type DirectWith } from './direct.ts';
import { lookIn, type Looked } from './look.ts';
import { bodyOf, carries, EPHEMERAL, LOADING } from './message.ts';
import { send, untilTaken, type Message } from './send.ts';
import { isTokenOver, postErrorFrom } from './troubles.ts';

export interface UserPoster {
  post(address: DiscordAddress, post: DiscordPost, part: LetterPart, signal: AbortSignal): Promise<Posted>;
  look(address: DiscordAddress, part: LetterPart, signal: AbortSignal): Promise<Looked>;
}

export function userPoster(deps: OutDeps, directWith: DirectWith): UserPoster {
  const { call, tokens, settings } = deps;

  return {
    async post({ channel: user, thread: interaction }, { components }, part, signal) {
      const idOf = (choice: string) => (interaction === '' ? choice : withOrigin(choice, interaction));
      const message = { components, uploads: [], letter: { ...part, idOf } };
      try {
        const answered = await inAnswer(interaction, message, signal);
        if (answered !== null) return answered;
        const direct = await directWith(user, signal);
        const { id } = await send(deps, direct, { ...message, answers: null }, signal);
        return { messageRef: messageRef(direct, id), ...(interaction === '' && { threadRef: directRef(direct) }) };
      } catch (error) {
        throw onlyHere(postErrorFrom(error));
      }
    },
    async look({ channel: user, thread: interaction }, part, signal) {
      const since = part.lastTriedAt ?? part.attemptedAt;
      if (since === null) return 'cannot';
      const token = tokens.lastOf(interaction) ?? (await tokenOf(interaction));
      const original = token === null ? null : await originalOf(token, signal).catch(nothingWhereOver);
      if (original !== null && carries(original.components, part)) return { found: foundAs(interaction, token!, original) };
      // What comes after the first answer is posted once that is there, so nothing was posted.
      if (original !== null && isPromise(original)) return 'absent';
      const direct = await directWith(user, signal);
      const looked = await lookIn(deps, direct, part, since, { mayBeEmpty: true, isThread: false }, signal);
      if (interaction === '') return typeof looked === 'object' ? { found: { ...looked.found, threadRef: directRef(direct) } } : looked;
      // A post that answers an interaction is in no list.
      return typeof looked === 'object' ? looked : 'cannot';
    },
  };

  async function tokenOf(interaction: string): Promise<string | null> {
    try {
      return await tokens.take(interaction);
    } catch (cause) {
      throw new PostError('later', 'the token of an interaction could not be read', { cause });
    }
  }

  /** null where no token works any more. */
  async function inAnswer(interaction: string, message: Said, signal: AbortSignal): Promise<Posted | null> {
    const token = await tokenOf(interaction);
    return token === null ? null : answer(interaction, token, message, signal);
  }

  /** null where the token works no more. */
  async function answer(interaction: string, token: string, message: Said, signal: AbortSignal): Promise<Posted | null> {
    try {
      const original = await originalOf(token, signal);
      if (original !== null && carries(original.components, message.letter)) {
        tokens.giveBack(interaction, token);
        return foundAs(interaction, token, original);
      }
      const isFirst = original !== null && isPromise(original);
      return await untilTaken(message, async (components) => {
        const asked = isFirst
          ? ({ method: 'PATCH', path: `${webhook(token)}/messages/@original`, body: bodyOf(components) } as const)
          : ({ method: 'POST', path: `${webhook(token)}?wait=true`, body: bodyOf(components, { flags: EPHEMERAL }) } as const);
        return foundAs(interaction, token, messageSchema.parse(await call({ ...asked, as: 'interaction' }, signal)));
      });
    } catch (error) {
      if (isTokenOver(error)) return null;
      const trouble = postErrorFrom(error);
      if (trouble.kind === 'later') tokens.giveBack(interaction, token);
      throw trouble;
    }
  }

  /** null where it was not answered, or the answer was removed. */
  async function originalOf(token: string, signal: AbortSignal): Promise<SeenMessage | null> {
    try {
      return messageSchema.parse(await call({ method: 'GET', path: `${webhook(token)}/messages/@original`, as: 'interaction' }, signal));
    } catch (error) {
      if (isNo(error, codes.unknownMessage)) return null;
      // Nothing was posted by asking.
      if (error instanceof DiscordAway) throw new PostError('later', error.message, { cause: error });
      throw error;
    }
  }

  function foundAs(interaction: string, token: string, { id }: SeenMessage): Posted {
    tokens.posted(id, token);
    return { messageRef: answerRef(interaction, id) };
  }

  function webhook(token: string): string {
    return `/webhooks/${settings.applicationId}/${token}`;
  }
}

type Said = Pick<Message, 'components' | 'uploads' | 'letter'>;

/** What ends one way to a person ends no other. */
function onlyHere(error: PostError): PostError {
  if (!error.wholeChannel || error.why === 'disconnected') return error;
  return new PostError('never', error.message, { ...(error.why !== null && { why: error.why }), cause: error.cause });
}

function nothingWhereOver(error: unknown): null {
  if (isTokenOver(error)) return null;
  throw error;
}

/** “… is thinking”, with nothing in it yet. */
function isPromise({ flags, content, components }: SeenMessage): boolean {
  return ((flags ?? 0) & LOADING) !== 0 || ((content ?? '') === '' && (components ?? []).length === 0);
}
