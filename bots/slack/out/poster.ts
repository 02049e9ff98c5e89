// Posting in Slack. No post is idempotent there, so each carries its key where Slack gives it back: as the id of its first block, in
// the event that tells of it and in the history of its channel.

import type { ChatPostMessageArguments, KnownBlock } from '@slack/web-api';
import { z } from 'zod';
import { PostError, type LetterPart, type Posted, type Poster } from '#core/ports/poster.ts';
import { SlackNo, type SlackOk } from '../api/call.ts';
import { renderSlack, type SlackPost } from '../draw/render.ts';
import { refs, type SlackAddress } from '../refs.ts';
import type { OutDeps } from './deps.ts';
import { lookFor } from './look.ts';
import { plainPosts } from './plain.ts';
import { notInstalled, postErrorFrom, wrongBlocks } from './troubles.ts';

/** Nothing in a text is read as a mention, and no link is drawn as a card. */
export const quietly = { parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false } as const;

export function slackPoster(deps: OutDeps): Poster {
  const { call, tokens } = deps;
  return {
    platform: 'slack',
    parts: (reply) => renderSlack(reply).length,
    async post(part, signal) {
      const address = addressOf(part.threadRef);
      const post = renderSlack(part.reply)[part.part];
      if (post === undefined) throw new PostError('never', `there is no part ${part.part}`);
      try {
        const { tokens: opened } = (await tokens.of(address.team)) ?? raise(notInstalled());
        const send = (given: SlackPost) => call('chat.postMessage', opened.bot, { ...messageIn(address, keyed(given, part.key)) }, signal);
        return postedAs(address, await untilTaken([post, ...plainPosts(post)], send));
      } catch (error) {
        throw postErrorFrom(error);
      }
    },
    async direct({ externalId: users, threadRef }, signal) {
      const { team } = addressOf(threadRef);
      try {
        const { tokens: opened } = (await tokens.of(team)) ?? raise(notInstalled());
        const { channel } = openedSchema.parse(await call('conversations.open', opened.bot, { users }, signal));
        return refs.format({ team, channel: channel.id, thread: '' });
      } catch (error) {
        throw postErrorFrom(error);
      }
    },
    async look(part, signal) {
      const address = addressOf(part.threadRef);
      try {
        return await lookFor(deps, address, part, signal);
      } catch (error) {
        const trouble = postErrorFrom(error);
        // Whoever may not read a channel cannot know what was posted there.
        if (trouble.kind === 'never') return 'cannot';
        throw trouble;
      }
    },
  };
}

export function addressOf(threadRef: LetterPart['threadRef']): SlackAddress {
  return refs.parse(threadRef) ?? raise(new PostError('never', 'not an address of Slack', { why: 'gone' }));
}

/** Blocks whose first one has this id. */
export function keyed({ text, blocks: [first, ...others] }: SlackPost, key: string): { text: string; blocks: KnownBlock[] } {
  return { text, blocks: [{ ...first!, block_id: key }, ...others] };
}

/** What Slack does not take is said once more in a plainer way. */
async function untilTaken([post, ...plainer]: readonly SlackPost[], send: (post: SlackPost) => Promise<SlackOk>): Promise<SlackOk> {
  try {
    return await send(post!);
  } catch (error) {
    if (plainer.length === 0 || !(error instanceof SlackNo) || !wrongBlocks.has(error.error)) throw error;
    return untilTaken(plainer, send);
  }
}

function messageIn({ channel, thread }: SlackAddress, { text, blocks }: { text: string; blocks: KnownBlock[] }): ChatPostMessageArguments {
  return { channel, text, blocks, ...quietly, ...(thread !== '' && { thread_ts: thread }) };
}

function postedAs({ team, thread }: SlackAddress, answer: SlackOk): Posted {
  const { channel, ts } = postedSchema.parse(answer);
  return { messageRef: ts, ...(thread === '' && { threadRef: refs.format({ team, channel, thread: ts }) }) };
}

const openedSchema = z.object({ channel: z.object({ id: z.string() }) });
const postedSchema = z.object({ channel: z.string(), ts: z.string() });

function raise(error: Error): never {
  throw error;
}
