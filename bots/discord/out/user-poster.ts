// What is for one person alone: an answer to their interaction, as long as Discord takes one, then a direct message. The first fills in
// what the interaction promised, each further one is a post of its own that nobody else sees.

import { PostError, type LetterPart, type Posted } from '#core/ports/poster.ts';
import { messageSchema, type SeenMessage } from '../api/answers.ts';
import { codes, DiscordAway, isNo } from '../api/errors.ts';
import type { DiscordPost } from '../draw/render.ts';
import { handleKey, messageRef } from '../keys.ts';
import { withOrigin } from '../origin.ts';
import type { DiscordAddress } from '../refs.ts';
import type { OutDeps } from './deps.ts';
import { directRef, type DirectWith } from './direct.ts';
import { lookIn, type Looked } from './look.ts';
import { bodyOf, carries, EPHEMERAL, LOADING } from './message.ts';
import { remembered } from './remembered.ts';
import { send, untilTaken, type Message } from './send.ts';
import { isTokenOver, postErrorFrom } from './troubles.ts';

export interface UserPoster {
  post(address: DiscordAddress, post: DiscordPost, part: LetterPart, signal: AbortSignal): Promise<Posted>;
  look(address: DiscordAddress, part: LetterPart, signal: AbortSignal): Promise<Looked>;
}

const KEPT_MOST = 2_000;

export function userPoster(deps: OutDeps, directWith: DirectWith): UserPoster {
  const { call, handles, settings } = deps;
  /** Tokens that this process has posted with. Looking with one takes none of the times that it may be posted with. */
  const tokens = remembered<string>(KEPT_MOST);

  return {
    async post({ channel: user, thread: interaction }, { components }, part, signal) {
      const idOf = (choice: string) => (interaction === '' ? choice : withOrigin(choice, interaction));
      const message = { components, uploads: [], letter: { ...part, idOf } };
      try {
        const token = await tokenOf(interaction);
        if (token !== null) tokens.note(interaction, token);
        const answered = token === null ? null : await answer(token, message, signal);
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
      const token = tokens.of(interaction) ?? (await tokenOf(interaction));
      const original = token === null ? null : await originalOf(token, signal).catch(nothingWhereOver);
      if (original !== null && carries(original.components, part)) return { found: foundAs(original) };
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
      return await handles.find(handleKey(interaction));
    } catch (cause) {
      throw new PostError('later', 'the token of an interaction could not be read', { cause });
    }
  }

  /** null where the token works no more. */
  async function answer(token: string, message: Said, signal: AbortSignal): Promise<Posted | null> {
    try {
      const original = await originalOf(token, signal);
      if (original !== null && carries(original.components, message.letter)) return foundAs(original);
      const isFirst = original !== null && isPromise(original);
      return await untilTaken(message, async (components) => {
        const asked = isFirst
          ? ({ method: 'PATCH', path: `${webhook(token)}/messages/@original`, body: bodyOf(components) } as const)
          : ({ method: 'POST', path: `${webhook(token)}?wait=true`, body: bodyOf(components, { flags: EPHEMERAL }) } as const);
        return foundAs(messageSchema.parse(await call({ ...asked, as: 'interaction' }, signal)));
      });
    } catch (error) {
      return nothingWhereOver(error);
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

function foundAs({ channel_id: channel, id }: SeenMessage): Posted {
  return { messageRef: messageRef(channel, id) };
}
