// A packed team, streamed through us. A download that was cut goes on where it was (RFC 9110, 14).

import { Readable } from 'node:stream';
import { redirect } from 'react-router';
import { contentDisposition } from '#core/domain/files/content-disposition.ts';
import { isRefusal } from '#core/domain/refusals/refusal.ts';
import { confirmAddress } from '../confirm-identity.ts';
import { guarded } from '../guarded.ts';

export const loader = guarded('team.export', async ({ app, actor, params, request }) => {
  const { name, sizeBytes, read } = await app.privacy.openExport(actor, params['id'] ?? '').catch((error: unknown) => {
    // A browser that gets a file stays on the page it was on, so that is where it goes back to.
    if (isRefusal(error) && error.code === 'login.confirm') throw redirect(confirmAddress('/team/data?done=confirmed'));
    throw error;
  });
  const from = request.method === 'GET' ? readFrom(request.headers.get('range'), sizeBytes) : null;
  const headers = {
    'Content-Type': 'application/zip',
    'Content-Disposition': contentDisposition(name),
    'Content-Length': String(sizeBytes - (from ?? 0)),
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, no-store, no-transform',
  };
  if (request.method === 'HEAD') return new Response(null, { headers });
  const body = Readable.toWeb(read(from ?? 0)) as unknown as ReadableStream;
  if (from === null) return new Response(body, { headers });
  return new Response(body, { status: 206, headers: { ...headers, 'Content-Range': `bytes ${from}-${sizeBytes - 1}/${sizeBytes}` } });
});

/** From a byte to the end is what a browser asks for when it goes on; whoever wants something else gets everything. */
function readFrom(range: string | null, sizeBytes: number): number | null {
  const match = /^bytes=(\d{1,15})-$/.exec(range ?? '');
  const from = match === null ? 0 : Number(match[1]);
  return from > 0 && from < sizeBytes ? from : null;
}
