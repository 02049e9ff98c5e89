// What the board tells us: signed, and again until we confirm it. We confirm after the outcome is committed.

import { timingSafeEqual } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { AskInput } from '#core/contracts/ask.ts';
import type { Context, Mount } from '#bots/adapter.ts';
import type { BoardSettings } from './poster.ts';
import { refs } from './refs.ts';
import { signature } from './sandbox/push.ts';

export function boardInbound({ app, log, settings }: Context<BoardSettings>): Mount {
  return {
    method: 'POST',
    path: '/board/events',
    async handle(request, response) {
      const ask = await readAsk(request, settings.token);
      if (ask === null) return end(response, 401);
      try {
        await app.tasks.ask(ask);
        end(response, 200);
      } catch (error) {
        log.warn({ error, key: ask.key }, 'ask not taken; the board will tell it again');
        end(response, 503);
      }
    },
  };
}

async function readAsk(request: IncomingMessage, token: string): Promise<AskInput | null> {
  const body = await text(request);
  const given = Buffer.from(String(request.headers['x-board-signature']));
  const right = Buffer.from(signature(token, body));
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
  const { channel, thread, message, from, text: words, at } = eventSchema.parse(JSON.parse(body));
  return {
    key: `board:${channel}:${message}`,
    threadRef: refs.format({ channel, thread }),
    workspace: 'board',
    channel,
    from: { kind: 'identity', externalId: from.id, displayName: from.name },
    text: words,
    at: new Date(at),
  };
}

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
