// What is in a file of a task, for the page that shows it. It comes from our own address, since a page may show nothing
// from elsewhere; opened by itself or in a frame, nothing in it can run or fetch.

import { Readable } from 'node:stream';
import { redirect } from 'react-router';
import { contentDisposition } from '#core/domain/files/content-disposition.ts';
import { isTable } from '#core/domain/files/mime.ts';
import type { ShownAs } from '#core/domain/files/shown-file.ts';
import { TELLS_BYTES, textEncodingOf } from '#core/domain/files/text-encoding.ts';
import { guarded } from '../guarded.ts';
import { taskFile as words } from '../texts/task-file.ts';

export const loader = guarded('tasks.see', async ({ app, actor, params, request }) => {
  const file = await app.files.open(actor, params['id'] ?? '', params['fileId'] ?? '');
  if (file.shownAs === null) return redirect(file.url);
  const headers = {
    'Content-Type': file.shownAs === 'text' ? 'text/plain; charset=utf-8' : file.mime,
    'Content-Disposition': contentDisposition(file.name, true),
    'Content-Security-Policy': policies[file.shownAs],
    'X-Frame-Options': 'SAMEORIGIN',
    // Compressed, a long stream leaves a listener for each time that it had to wait.
    'Cache-Control': 'private, no-store, no-transform',
  };
  if (request.method === 'HEAD') return new Response(null, { headers });
  const content = await file.read(request.signal);
  const most = isTable(file.mime) ? TABLE_BYTES_MOST : TEXT_BYTES_MOST;
  const shown = file.shownAs === 'text' ? Readable.from(inUtf8(content, most, isTable(file.mime) ? '' : REST)) : content;
  return new Response(Readable.toWeb(shown) as unknown as ReadableStream, { headers });
});

const still = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; style-src 'unsafe-inline'";
const policies: Record<ShownAs, string> = {
  picture: `${still}; img-src 'self'; sandbox`,
  text: `${still}; sandbox`,
  // A browser shows a PDF by a viewer of its own, which it does not start in a sandbox.
  pdf: `${still}; img-src 'self'; object-src 'self'`,
};

/** As much of a text as anybody reads in a page. */
const TEXT_BYTES_MOST = 2_000_000;
/** A page reads 100,000 rows of it, and leaves the rest. */
const TABLE_BYTES_MOST = 100_000_000;
const REST = `\n\n${words.restInDownload}\n`;

/** Whatever it is written in. `rest` stands at the end of what was cut. */
async function* inUtf8(content: AsyncIterable<Buffer>, bytesMost: number, rest: string): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  let left = bytesMost;
  for await (const chunk of content) {
    decoder ??= new TextDecoder(textEncodingOf(chunk.subarray(0, TELLS_BYTES)));
    yield decoder.decode(chunk.subarray(0, left), { stream: true }); // no half characters
    left -= chunk.length;
    if (left >= 0) continue;
    yield rest;
    return;
  }
  const end = decoder?.decode() ?? '';
  if (end !== '') yield end;
}
