import type { ReadableStream as NodeStream } from 'node:stream/web';
import { contentDisposition } from '#core/domain/files/content-disposition.ts';

/** A table that the browser saves. It is not compressed on its way: the compressor keeps a listener for each time it was waited for. */
export function fileAnswer(table: NodeStream, name: string): Response {
  return new Response(table as unknown as ReadableStream, {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': contentDisposition(name),
      'Cache-Control': 'private, no-store, no-transform',
    },
  });
}
