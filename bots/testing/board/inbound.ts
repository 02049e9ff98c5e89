// What the board tells us: signed, and again until we confirm it. We confirm after the outcome is committed and its person was
// told what is for them alone.

import { timingSafeEqual } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Context, Mount } from '#bots/adapter.ts';
import { readRawBody } from '#bots/raw-body.ts';
import { isRefusal } from '#core/domain/refusals/refusal.ts';
import { boardEvent } from './events.ts';
import { handOn } from './hand-on.ts';
import { boardPrivate } from './private.ts';
import type { BoardSettings } from './poster.ts';
import { signature } from './sandbox/push.ts';

export function boardInbound({ app, log, settings, replyHandles }: Context<BoardSettings>): Mount {
  const forOne = boardPrivate(settings, log, replyHandles);
  return {
    method: 'POST',
    path: '/board/events',
    async handle(request, response) {
      const cameMs = performance.now();
      const body = await readRawBody(request);
      if (!isSigned(body, String(request.headers['x-board-signature']), settings.token)) return end(response, 401);
      const given = jsonIn(body.toString());
      const { data: event } = boardEvent.safeParse(given);
      if (event === undefined) {
        log.warn({ event: idSchema.safeParse(given).data?.event ?? null }, 'event of a shape that the board does not have');
        return end(response, 400);
      }
      try {
        await forOne.expect(event);
        const { show } = await handOn(app.chats, event, { waitedMs: performance.now() - cameMs, withinMs: DECIDE_MS });
        await forOne.show(event, show);
        end(response, 200);
      } catch (error) {
        log.warn({ error, event: event.event, kind: event.kind }, 'event not taken; the board will tell it again');
        end(response, isRefusal(error) && error.code === 'request.invalid' ? 400 : 503);
      }
    },
  };
}

/** The board waits 3 s for an answer, and what one person is told comes before it. */
const DECIDE_MS = 2_500;

const idSchema = z.object({ event: z.string().max(100) });

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function isSigned(body: Buffer, given: string, token: string): boolean {
  const [is, should] = [Buffer.from(given), Buffer.from(signature(token, body))];
  return is.length === should.length && timingSafeEqual(is, should);
}

function end(response: ServerResponse, status: number) {
  response.writeHead(status).end();
}
