// One post in one channel: as it is meant, then without its files, then plainly. Under one nonce none of them can be there beside another.

import { messageSchema } from '../api/answers.ts';
import { codes, DiscordNo, isNo } from '../api/errors.ts';
import type { Upload } from '../api/upload.ts';
import { nonceOf } from '../nonce.ts';
import { withFiles } from './attach.ts';
import type { OutDeps } from './deps.ts';
import { bodyOf, marked, pressedFor, type Components, type Letter } from './message.ts';
import { plainly } from './plain.ts';

export interface Message {
  readonly components: Components;
  readonly uploads: readonly Upload[];
  readonly letter: Letter;
  /** The message that it follows. */
  readonly answers: string | null;
}

export interface Sent {
  readonly channel: string;
  readonly id: string;
}

export async function send({ call }: Pick<OutDeps, 'call'>, channel: string, message: Message, signal: AbortSignal): Promise<Sent> {
  const post = async (components: Components, files: readonly Upload[], answers: string | null): Promise<Sent> => {
    const body = bodyOf(components, {
      nonce: nonceOf(message.letter.key),
      enforce_nonce: true,
      ...(answers !== null && { message_reference: { message_id: answers, fail_if_not_exists: false } }),
      ...(files.length > 0 && { attachments: files.map(({ name }, id) => ({ id: String(id), filename: name })) }),
    });
    const { id } = messageSchema.parse(await call({ method: 'POST', path: `/channels/${channel}/messages`, body, files }, signal));
    return { channel, id };
  };
  return untilTaken(message, async (components, files) => {
    try {
      return await post(components, files, message.answers);
    } catch (error) {
      // Whoever may not read a message may not answer it.
      if (message.answers === null || !isNo(error, codes.noHistory)) throw error;
      return post(components, files, null);
    }
  });
}

/** Posts it in the fullest way that Discord takes. */
export async function untilTaken<T>(
  { components, uploads, letter }: Pick<Message, 'components' | 'uploads' | 'letter'>,
  post: (components: Components, files: readonly Upload[]) => Promise<T>,
): Promise<T> {
  const pressed = pressedFor(components, letter);
  const whole = withFiles(pressed, uploads);
  let refused: unknown;
  const take = async (some: Components, files: readonly Upload[]): Promise<{ readonly taken: T } | null> => {
    try {
      return { taken: await post(marked(some, letter), files) };
    } catch (error) {
      if (!isWrong(error) && !(files.length > 0 && isTooLarge(error))) throw error;
      refused = error;
      return null;
    }
  };
  const done = (await take(whole.components, whole.uploads)) ?? (whole.uploads.length > 0 ? await take(pressed, []) : null);
  if (done !== null) return done.taken;
  for (const plain of plainly(pressed, isBlocked(refused) ? 'without its words' : 'as it is')) {
    const plainest = await take(plain, []);
    if (plainest !== null) return plainest.taken;
  }
  throw refused;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof DiscordNo && (error.code === codes.tooLarge || error.status === 413);
}

function isWrong(error: unknown): boolean {
  return isNo(error, codes.invalidForm) || isBlocked(error);
}

function isBlocked(error: unknown): boolean {
  return isNo(error, codes.autoMod);
}
