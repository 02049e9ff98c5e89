import type { IncomingMessage } from 'node:http';
import { Refused } from './refused.ts';

/** Ten files of three megabytes, written in base64, and the words around them. */
const mostBytes = 42_000_000;

export async function json(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > mostBytes) throw new Refused(413, 'too large');
    pieces.push(piece);
  }
  return JSON.parse(Buffer.concat(pieces).toString('utf8'));
}
