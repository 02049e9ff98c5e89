import type { ReadableStream as NodeStream } from 'node:stream/web';
import { contentDisposition } from '#core/domain/content-disposition.ts';

/** A table that the browser saves. */
export function fileAnswer(table: NodeStream, name: string): Response {
  return new Response(table as unknown as ReadableStream, {
    headers: { 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': contentDisposition(name) },
  });
}
