// Posting in Discord. A post carries the key of its letter part twice: as a nonce, by which Discord itself posts nothing twice within
// minutes, and in the ids of its components, by which it is found later.

import { oneLine } from '#bots/drawing/fit.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import { PostError, type LetterPart, type Posted, type Poster } from '#core/ports/poster.ts';
import { renderDiscord, type DiscordPost } from '../draw/render.ts';
import { messageRef } from '../keys.ts';
import { refs, type DiscordAddress } from '../refs.ts';
import { attachments } from './attach.ts';
import type { OutDeps } from './deps.ts';
import { directMessages, directRef } from './direct.ts';
import { lookFor } from './look.ts';
import { send } from './send.ts';
import { discordThreads } from './thread.ts';
import { postErrorFrom } from './troubles.ts';
import { userPoster } from './user-poster.ts';

export type DiscordPoster = Poster & Required<Pick<Poster, 'direct'>>;

export function discordPoster(deps: OutDeps): DiscordPoster {
  const { call, settings } = deps;
  const threads = discordThreads(deps);
  const attached = attachments(deps);
  const directWith = directMessages(deps);
  const forUsers = userPoster(deps, directWith);
  const render = (reply: Reply) => renderDiscord(reply, { continued: !settings.messageContent });

  return {
    platform: 'discord',
    parts: (reply) => render(reply).length,
    async post(part, signal) {
      const address = addressOf(part.threadRef);
      const post = render(part.reply)[part.part];
      if (post === undefined) throw new PostError('never', `there is no part ${part.part}`);
      try {
        return address.guild === '@user' ? await forUsers.post(address, post, part, signal) : await inPlace(address, post, part, signal);
      } catch (error) {
        throw postErrorFrom(error);
      }
    },
    async look(part, signal) {
      const address = addressOf(part.threadRef);
      try {
        return address.guild === '@user' ? await forUsers.look(address, part, signal) : await lookFor(deps, address, part, signal);
      } catch (error) {
        const trouble = postErrorFrom(error);
        // Whoever may not read a channel cannot know what was posted there.
        if (trouble.kind === 'never') return 'cannot';
        throw trouble;
      }
    },
    async direct({ externalId, threadRef }, signal) {
      // There is no further way.
      if (addressOf(threadRef).guild.startsWith('@')) throw new PostError('never', 'it was a direct message', { why: 'closed' });
      try {
        return directRef(await directWith(externalId, signal));
      } catch (error) {
        throw postErrorFrom(error);
      }
    },
  };

  async function inPlace(address: DiscordAddress, post: DiscordPost, part: LetterPart, signal: AbortSignal): Promise<Posted> {
    const { guild, channel, thread } = address;
    const most = deps.attachMost(guild === '@me' ? null : guild);
    const sent = await attached.during({ key: part.key, files: post.files, most }, signal, (uploads) =>
      threads.send(
        address,
        (where, answers) => send({ call }, where, { components: post.components, uploads, letter: part, answers }, signal),
        signal,
      ),
    );
    if (thread !== '') return { messageRef: messageRef(sent.channel, sent.id) };
    if (guild === '@me') return { messageRef: messageRef(channel, sent.id), threadRef: refs.format({ ...address, thread: channel }) };
    await threads.beginBelow(channel, sent.id, nameOf(part.reply), signal);
    return { messageRef: messageRef(channel, sent.id), threadRef: refs.format({ ...address, thread: sent.id }) };
  }
}

export function addressOf(threadRef: string): DiscordAddress {
  const address = refs.parse(threadRef);
  if (address === null) throw new PostError('never', 'not an address of Discord', { why: 'gone' });
  return address;
}

/** What a thread below this is about: the request, where it says one. */
function nameOf({ blocks, fallback }: Reply): string {
  const request = blocks.find((block) => block.kind === 'prose' && block.from === 'person');
  return request?.kind === 'prose' ? request.text : oneLine(fallback, 100);
}
