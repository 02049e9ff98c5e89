// A file of a task, shown in a frame of the task's page. It comes from our own address, since a page may show nothing
// from elsewhere, and nothing in it can run or fetch.

import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { redirect } from 'react-router';
import { contentDisposition } from '#core/domain/files/content-disposition.ts';
import type { ShownAs } from '#core/domain/files/shown-file.ts';
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
  const shown = file.shownAs === 'text' ? Readable.from(beginning(content)) : content;
  return new Response(Readable.toWeb(shown) as unknown as ReadableStream, { headers });
});

const still = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; style-src 'unsafe-inline'";
const policies: Record<ShownAs, string> = {
  picture: `${still}; img-src 'self'; sandbox`,
  text: `${still}; sandbox`,
  // A browser shows a PDF by a viewer of its own, which it does not start in a sandbox.
  pdf: `${still}; img-src 'self'; object-src 'self'`,
};

/** As much of a text as anybody reads in a frame. */
const TEXT_BYTES_MOST = 2_000_000;

async function* beginning(content: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8'); // no half characters
  let left = TEXT_BYTES_MOST;
  for await (const chunk of content) {
    yield decoder.write(chunk.subarray(0, left));
    left -= chunk.length;
    if (left >= 0) continue;
    yield `\n\n${words.restInDownload}\n`;
    return;
  }
}
