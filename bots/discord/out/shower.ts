// Editing our posts while work goes on. An edit carries no letter's key, or the event that tells of it could pass for the letter. Discord
// takes few edits of what is older than an hour, so the work is then shown in a new post.

import { createHash } from 'node:crypto';
import type { Reply } from '#core/domain/messages/reply.ts';
import { PostError } from '#core/ports/poster.ts';
import type { Shower } from '#core/ports/shower.ts';
import { messageSchema } from '../api/answers.ts';
import { codes, isNo } from '../api/errors.ts';
import { renderDiscord } from '../draw/render.ts';
import { messageRef, readAnswerRef, readMessageRef } from '../keys.ts';
import { atOf } from '../snowflake.ts';
import type { OutDeps } from './deps.ts';
import { bodyOf, SILENT } from './message.ts';
import { addressOf } from './poster.ts';
import { isTokenOver, postErrorFrom } from './troubles.ts';

/** Edits of one channel. Discord's buckets let about one a second through, and answers come first. */
const EVERY_MS = 2_000;
/** Discord's hour, less what its clock and ours may differ by. */
const EDITS_MS = 58 * 60_000;
/** Where an old post has had its edits for now. */
const OLD_AGAIN_MS = 60_000;

export function discordShower({ call, clock, settings, tokens }: Pick<OutDeps, 'call' | 'clock' | 'settings' | 'tokens'>): Shower {
  return {
    platform: 'discord',
    everyMs: EVERY_MS,
    showsDecisions: true,
    async show({ threadRef, messageRef: ref, reply, closed }, signal) {
      addressOf(threadRef);
      const answer = readAnswerRef(ref);
      if (answer !== null) return editAnswer(answer.id, reply, signal);
      const at = readMessageRef(ref);
      if (at === null) throw new PostError('never', 'not a message of Discord', { why: 'gone' });
      const isOld = clock.now().getTime() - atOf(at.id).getTime() > EDITS_MS;
      try {
        // What is over stays where it is: its last edit takes the Cancel button away.
        if (isOld && !closed) return await goOnBelow(at, reply, signal);
        await edit(at, reply, signal);
        return undefined;
      } catch (error) {
        if (isNo(error, codes.oldEdits)) throw new PostError('later', error.message, { retryAfterMs: OLD_AGAIN_MS, cause: error });
        throw postErrorFrom(error);
      }
    },
  };

  /** What one person alone sees: only the token that it was posted with reaches it, and that for a quarter of an hour. */
  async function editAnswer(id: string, reply: Reply, signal: AbortSignal): Promise<void> {
    const token = tokens.ofPost(id);
    if (token === undefined) throw new PostError('never', 'this answer can no longer be edited', { why: 'gone' });
    const path = `/webhooks/${settings.applicationId}/${token}/messages/${id}`;
    try {
      await call({ method: 'PATCH', path, body: bodyOf(renderDiscord(reply)[0]!.components), as: 'interaction' }, signal);
    } catch (error) {
      if (!isTokenOver(error)) throw postErrorFrom(error);
      tokens.forgetPost(id);
      throw new PostError('never', 'this answer can no longer be edited', { why: 'gone', cause: error });
    }
  }

  async function edit({ channel, id }: Place, reply: Reply, signal: AbortSignal): Promise<void> {
    const { components } = renderDiscord(reply)[0]!;
    const change = () => call({ method: 'PATCH', path: `/channels/${channel}/messages/${id}`, body: bodyOf(components) }, signal);
    try {
      await change();
    } catch (error) {
      if (!isNo(error, codes.threadArchived)) throw error;
      await call({ method: 'PATCH', path: `/channels/${channel}`, body: { archived: false } }, signal);
      await change();
    }
  }

  /** In a new post that notifies nobody; the same one, however often this is tried. */
  async function goOnBelow(old: Place, reply: Reply, signal: AbortSignal): Promise<{ messageRef: string }> {
    const { channel } = old;
    const { components } = renderDiscord(reply)[0]!;
    const nonce = `on-${createHash('sha256').update(old.id).digest('base64url').slice(0, 20)}`;
    const body = bodyOf(components, { flags: SILENT, nonce, enforce_nonce: true });
    const { id } = messageSchema.parse(await call({ method: 'POST', path: `/channels/${channel}/messages`, body }, signal));
    // Nothing is to be pressed there any more.
    await edit(old, withoutChoices(reply), signal).catch(() => undefined);
    return { messageRef: messageRef(channel, id) };
  }
}

interface Place {
  readonly channel: string;
  readonly id: string;
}

function withoutChoices({ fallback, blocks }: Reply): Reply {
  return { fallback, blocks: blocks.filter(({ kind }) => kind !== 'choices') };
}
