// What the board tells us: signed, and again until we confirm it. We confirm after the outcome is committed.

import { timingSafeEqual } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { MessageInput, SpeakerInput } from '#core/contracts/chats.ts';
import type { Context, Mount } from '#bots/adapter.ts';
import type { BoardSettings } from './poster.ts';
import { refs } from './refs.ts';
import { signature } from './sandbox/push.ts';

export function boardInbound({ app, log, settings }: Context<BoardSettings>): Mount {
  return {
    method: 'POST',
    path: '/board/events',
    async handle(request, response) {
      const heard = await readEvent(request, settings.token);
      if (heard === null) return end(response, 401);
      try {
        await app.chats.hear(heard.speaker, heard.message);
        end(response, 200);
      } catch (error) {
        log.warn({ error, key: heard.message.key }, 'message not heard; the board will tell it again');
        end(response, 503);
      }
    },
  };
}

async function readEvent(request: IncomingMessage, token: string): Promise<{ speaker: SpeakerInput; message: MessageInput } | null> {
  const body = await text(request);
  const given = Buffer.from(String(request.headers['x-board-signature']));
  const right = Buffer.from(signature(token, body));
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
  const { channel, thread, message, from, text: words, at } = eventSchema.parse(JSON.parse(body));
  return {
    speaker: { platform: 'board', workspace: 'board', space: 'board', externalId: from.id, name: from.name },
    message: {
      key: `board:${channel}:${message}`,
      threadRef: refs.format({ channel, thread }),
      channel: `board:board:${channel}`,
      text: words.replace(MENTION, ''),
      at: new Date(at),
      // Whoever begins a thread speaks to us; in one, only who says so, or goes on with a request of theirs.
      how: message === thread || MENTION.test(words) ? 'mention' : 'thread',
    },
  };
}

const MENTION = /^@impacter\b\s*/;

function end(response: ServerResponse, status: number) {
  response.writeHead(status).end();
}

const eventSchema = z.object({
  message: z.string(),
  channel: z.string(),
  thread: z.string(),
  from: z.object({ id: z.string(), name: z.string() }),
  text: z.string(),
  at: z.iso.datetime(),
});
