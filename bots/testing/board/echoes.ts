// What the board tells us of our own posts: it confirms letters, and a post that is there twice is deleted.

import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Context, Mount } from '#bots/adapter.ts';
import { readRawBody } from '#bots/raw-body.ts';
import type { BoardSettings } from './poster.ts';
import { refs } from './refs.ts';
import { signature } from './sandbox/push.ts';

const callMs = 10_000;

export function boardEchoes({ app, log, settings }: Context<BoardSettings>): Mount {
  return {
    method: 'POST',
    path: '/board/echoes',
    async handle(request, response) {
      const body = await readRawBody(request);
      const end = (status: number) => void response.writeHead(status).end();
      if (!isSigned(body, String(request.headers['x-board-signature']), settings.token)) return end(401);
      const { message, channel, thread, key } = echoSchema.parse(JSON.parse(body.toString()));
      try {
        const root = message === thread ? { threadRef: refs.format({ channel, thread }) } : {};
        if ((await app.messages.heardOurs({ key, messageRef: message, ...root })) === 'double') await remove(settings, channel, message);
        end(200);
      } catch (error) {
        log.warn({ error, key }, 'echo not taken; the board will tell it again');
        end(503);
      }
    },
  };
}

async function remove({ url, token }: BoardSettings, channel: string, message: string): Promise<void> {
  const { ok, status } = await fetch(`${url}/channels/${channel}/messages/${message}`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(callMs),
  });
  // One that is gone already needs no deleting.
  if (!ok && status !== 404) throw new Error(`the board answered ${status} to a deletion`);
}

function isSigned(body: Buffer, given: string, token: string): boolean {
  const [is, should] = [Buffer.from(given), Buffer.from(signature(token, body))];
  return is.length === should.length && timingSafeEqual(is, should);
}

const echoSchema = z.object({ message: z.string(), channel: z.string(), thread: z.string(), key: z.string() });
