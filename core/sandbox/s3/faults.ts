import type { IncomingMessage, ServerResponse } from 'node:http';

/** `cut` ends the connection half way through the bytes; `lose-answer` does the work and ends it before saying so. */
export type Fault = 'cut' | 'lose-answer' | 'internal-error' | 'slow-down';

/** The first half of an upload; then its connection ends. */
export async function* firstHalf(request: IncomingMessage): AsyncGenerator<Buffer> {
  const size = Number(request.headers['content-length'] ?? request.headers['x-amz-decoded-content-length'] ?? 0);
  let come = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    come += piece.length;
    if (come >= size / 2) request.destroy();
    yield piece;
  }
}

/** Lets half of a download through; then its connection ends. */
export function cutAnswer(response: ServerResponse): void {
  const write = response.write.bind(response) as (piece: Buffer) => boolean;
  let gone = 0;
  response.write = (piece: Buffer) => {
    const left = Number(response.getHeader('content-length')) / 2 - gone;
    gone += piece.length;
    if (piece.length < left) return write(piece);
    write(piece.subarray(0, left));
    response.socket?.end(() => response.destroy());
    return false;
  };
}
