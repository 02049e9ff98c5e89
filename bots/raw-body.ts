// Reads what a platform sends us byte by byte, as it was signed, and no more of it than an adapter wants.

import type { IncomingMessage } from 'node:http';
import { refuse } from '#core/domain/refusals/refusal.ts';

/** Above what platforms send: their events have some kilobytes, and files come as addresses. */
export const MOST_BYTES = 1_000_000;
/** Platforms give up on us after three seconds. */
const WITHIN_MS = 3_000;

/**
 * The whole body. Rejects with the refusal `request.too-large` (413) or `request.too-slow` (408), which the server answers when
 * a mount lets them through, and with an error when the caller hangs up.
 */
export function readRawBody(
  request: IncomingMessage,
  { mostBytes = MOST_BYTES, withinMs = WITHIN_MS }: { mostBytes?: number; withinMs?: number } = {},
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) {
    reject(refuse('request.too-large'));
    return promise;
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(() => giveUp(refuse('request.too-slow')), withinMs);
  const stopListening = () => {
    clearTimeout(timer);
    request.off('data', onData).off('end', onEnd).off('error', giveUp);
  };
  const giveUp = (error: Error) => {
    stopListening();
    request.pause(); // whoever answers decides what happens to the rest
    reject(error);
  };
  const onData = (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > mostBytes) giveUp(refuse('request.too-large'));
    else pieces.push(piece);
  };
  const onEnd = () => {
    stopListening();
    resolve(Buffer.concat(pieces));
  };
  // Who hangs up half-way is an error of the request.
  request.on('data', onData).once('end', onEnd).once('error', giveUp);
  return promise;
}
