import type { IncomingMessage } from 'node:http';
import { bodyOf } from '#bots/stand-in/body.ts';
import { Refused } from './refused.ts';

export async function json(request: IncomingMessage): Promise<unknown> {
  const body = await bodyOf(request);
  if (body === null) throw new Refused(413, 'too large');
  return JSON.parse(body.toString('utf8'));
}
