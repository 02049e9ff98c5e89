import type { Readable } from 'node:stream';
import { safeFileName } from '#core/domain/file-name.ts';
import { newId, type FileId } from '#core/domain/ids.ts';
import { askLimits, waitingLimits } from '#core/domain/limits.ts';
import { mimeOf, UNKNOWN_MIME } from '#core/domain/mime.ts';
import { refuse, type Refusal } from '#core/domain/refusal.ts';
import { FilesError } from '#core/ports/files.ts';
import type { Actor } from './app.ts';
import type { Core } from './core.ts';

/** A file that no ask has named by then is not wanted any more. */
const UNNAMED_KEPT_MS = 24 * 60 * 60 * 1000;

/** Keeps a file until an ask names it. The mime type is told from the name where that tells one, else as it was said. */
export async function keepInput(
  core: Core,
  actor: Actor,
  file: { name: string; mime: string; sizeBytes: number },
  body: Readable,
): Promise<FileId> {
  const name = safeFileName(file.name);
  if (file.sizeBytes === 0) throw refuse('file.empty', { name });
  if (file.sizeBytes > askLimits.fileBytes) throw refuse('file.too-large', { name });
  // Uploads at the same instant may pass it a little.
  const waiting = await core.store.files.waiting(actor.teamId);
  if (waiting.files >= waitingLimits.files || waiting.bytes + file.sizeBytes > waitingLimits.bytes)
    throw refuse('files.waiting', { waiting: waiting.files });
  const at = core.clock.now();
  const id = newId<FileId>(at.getTime());
  const fromName = mimeOf(name);
  const mime = fromName === UNKNOWN_MIME ? file.mime : fromName;
  const storageKey = `inputs/${id}`;
  const stored = await core.files.put(storageKey, body, { mime, sizeBytes: file.sizeBytes }).catch((error: unknown) => {
    throw refusalOf(error, name) ?? error;
  });
  await core.store.files.addInput(
    { id, teamId: actor.teamId, name, mime, sizeBytes: stored.sizeBytes, sha256: stored.sha256, storageKey },
    at,
    new Date(at.getTime() + UNNAMED_KEPT_MS),
  );
  core.log.info({ fileId: id, teamId: actor.teamId, sizeBytes: stored.sizeBytes }, 'input kept');
  return id;
}

function refusalOf(error: unknown, name: string): Refusal | null {
  if (!(error instanceof FilesError)) return null;
  return Object.assign(error.code === 'file.changed' ? refuse('file.broken', { name }) : refuse('storage.unavailable'), { cause: error });
}
