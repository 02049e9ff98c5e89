// Files that an ask will name. They stream through to storage: the length is known and checked before the first byte.

import type { Request } from 'express';
import { nothing, parseRequest, uploadQuery } from '#core/contracts/api.ts';
import { safeFileName } from '#core/domain/files/file-name.ts';
import { askLimits } from '#core/domain/asks/limits.ts';
import { refuse, type Refusal } from '#core/domain/refusals/refusal.ts';
import { readJson } from '../requests/body.ts';
import { pathPart, type Route } from '../route.ts';
import type { PartsFor } from '../parts.ts';

export function fileRoutes({ app, keys }: PartsFor<'files'>): Route[] {
  return [
    {
      path: '/api/files',
      body: { mostBytes: askLimits.fileBytes, bytesPerSecond: SLOWEST_BYTES_PER_SECOND, tooLarge },
      async POST(request, response) {
        const actor = await keys.actorOf(request, response);
        const name = safeFileName(parseRequest(uploadQuery, request.query).name);
        const sizeBytes = lengthOf(request, name);
        const id = await app.files.keepInput(actor, { name, mime: mimeOf(request), sizeBytes }, request);
        response.status(201).json({ file: { id, name, sizeBytes } });
      },
    },
    {
      path: '/api/files/:id/delete',
      async POST(request, response) {
        const actor = await keys.actorOf(request, response);
        parseRequest(nothing, await readJson(request, response));
        const { fileId: id, deletedAt } = await app.files.delete(actor, pathPart(request, 'id'));
        response.json({ file: { id, deletedAt } });
      },
    },
    {
      path: '/api/files/:id/unshare',
      async POST(request, response) {
        const actor = await keys.actorOf(request, response);
        parseRequest(nothing, await readJson(request, response));
        const { fileId: id, endedAt } = await app.files.endLinks(actor, pathPart(request, 'id'));
        response.json({ file: { id, linksEndedAt: endedAt } });
      },
    },
  ];
}

/** What storage waits for too (core/engines/s3.ts). */
const SLOWEST_BYTES_PER_SECOND = 100_000;

function tooLarge({ query }: Request): Refusal {
  return refuse('file.too-large', { name: safeFileName(uploadQuery.safeParse(query).data?.name ?? '') });
}

function lengthOf({ headers }: Request, name: string): number {
  const length = headers['content-length'];
  if (length === undefined) throw refuse('request.length-needed');
  const sizeBytes = Number(length);
  if (sizeBytes === 0) throw refuse('file.empty', { name });
  return sizeBytes;
}

/** Without its parameters. What can't be one is taken for bytes: it is the caller's word, and only a hint. */
function mimeOf({ headers }: Request): string {
  const mime = (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  return /^[a-z0-9][\w!#$&^.+-]{0,60}\/[a-z0-9][\w!#$&^.+-]{0,60}$/.test(mime) ? mime : 'application/octet-stream';
}
