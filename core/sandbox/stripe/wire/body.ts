import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

const MOST_BYTES = 1024 * 1024;

/** The body as text. Throws a Problem for one that is too large. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw new Problem(413, { type: 'invalid_request_error', message: 'Request entity too large' });
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
