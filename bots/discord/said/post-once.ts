// A post that is no letter, under a nonce made from what it answers: told again within Discord's minutes, it is the same post.

import { createHash } from 'node:crypto';
import type { Call } from '../api/call.ts';
import { codes, isNo } from '../api/errors.ts';
import type { DiscordPost } from '../draw/render.ts';
import { bodyOf } from '../out/message.ts';

interface Once {
  readonly key: string;
  /** The message that it answers. */
  readonly below: string | null;
}

/** Rejects as the call does. */
export async function postOnce(
  call: Call,
  channel: string,
  { components }: DiscordPost,
  { key, below }: Once,
  signal: AbortSignal,
): Promise<void> {
  const path = `/channels/${channel}/messages`;
  const post = (more: object) =>
    call({ method: 'POST', path, body: bodyOf(components, { nonce: nonceFor(key), enforce_nonce: true, ...more }) }, signal);
  try {
    await post(below === null ? {} : { message_reference: { message_id: below, fail_if_not_exists: false } });
  } catch (error) {
    // Whoever may not read a message may not answer it.
    if (below === null || !isNo(error, codes.noHistory)) throw error;
    await post({});
  }
}

/** One character more than those of letters have (../nonce.ts), so that it is none of them. */
function nonceFor(key: string): string {
  return `~${createHash('sha256').update(key).digest('base64url').slice(0, 22)}`;
}
