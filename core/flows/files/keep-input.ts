// Files that people bring: taken in until an ask names them, and the places of those that never arrived are freed.

import type { Readable } from 'node:stream';
import type { Actor } from '#core/domain/actor.ts';
import { askLimits } from '#core/domain/asks/limits.ts';
import { safeFileName } from '#core/domain/files/file-name.ts';
import { mimeOf, UNKNOWN_MIME } from '#core/domain/files/mime.ts';
import { newId, type FileId } from '#core/domain/ids.ts';
import { refuse, type Refusal } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import { FilesError } from '#core/ports/files.ts';
import type { FullShare } from '#core/store/files/files.ts';
import type { Core } from '../runtime/core.ts';

/** A file that no ask has named by then is not wanted any more. */
export const UNNAMED_KEPT_MS = 24 * 60 * 60 * 1000;
/** Longer than the slowest upload that is waited for. */
const ARRIVES_WITHIN_MS = 15 * 60 * 1000;

/**
 * Keeps a file until an ask names it. The mime type is told from the name where that tells one, else as it was said. Refused
 * when it is empty, too large, or not of the size that was said.
 */
export async function keepInput(
  core: Core,
  actor: Actor,
  file: { name: string; mime: string; sizeBytes: number },
  body: Readable,
): Promise<FileId> {
  mustBeAllowed(actor, 'tasks.ask');
  const name = safeFileName(file.name);
  if (file.sizeBytes === 0) throw refuse('file.empty', { name });
  if (file.sizeBytes > askLimits.fileBytes) throw refuse('file.too-large', { name });
  const { teamId, userId } = actor;
  const { sizeBytes } = file;
  const begun = core.clock.now();
  const id = newId<FileId>(begun.getTime());
  const full = await core.store.files.beginUpload({ id, teamId, userId, sizeBytes }, begun, after(begun, ARRIVES_WITHIN_MS));
  if (full) throw noRoom(full);
  const fromName = mimeOf(name);
  const mime = fromName === UNKNOWN_MIME ? file.mime : fromName;
  const storageKey = inputKey(id);
  const stored = await core.files.put(storageKey, body, { mime, sizeBytes }).catch(async (error: unknown) => {
    await core.store.files.endUpload(id).catch((failed: unknown) => core.log.warn({ fileId: id, error: failed }, 'upload not ended yet'));
    throw refusalOf(error, name) ?? error;
  });
  const at = core.clock.now();
  // When this fails, upkeep ends the upload and removes what is in storage.
  const isKept = await core.store.files.addInput(
    { id, teamId, userId, name, mime, sizeBytes: stored.sizeBytes, sha256: stored.sha256, storageKey },
    at,
    after(at, UNNAMED_KEPT_MS),
  );
  if (!isKept) {
    // Its person left the team while it arrived.
    await endUpload(core, id).catch((error: unknown) => core.log.warn({ fileId: id, error }, 'upload not ended yet'));
    throw refuse('not.allowed');
  }
  core.log.info({ fileId: id, teamId, sizeBytes }, 'input kept');
  return id;
}

const UPLOADS_AT_ONCE = 100;

/** Frees the places of uploads that nobody gave back, and what they may have left in storage. */
export async function endOverdueUploads(core: Core): Promise<void> {
  const overdue = await core.store.files.overdueUploads(core.clock.now(), UPLOADS_AT_ONCE);
  for (const { id, arrived } of overdue) {
    try {
      if (arrived) await core.store.files.endUpload(id);
      else await endUpload(core, id);
    } catch (error) {
      if (!(error instanceof FilesError)) throw error;
      core.log.warn({ fileId: id, error }, 'rest of an upload not removed yet');
    }
  }
}

/** The place is free only once nothing is left in storage. */
async function endUpload(core: Core, id: FileId): Promise<void> {
  await core.files.remove(inputKey(id));
  await core.store.files.endUpload(id);
}

/** Where an input is in storage. */
export function inputKey(id: FileId): string {
  return `inputs/${id}`;
}

function after(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms);
}

function noRoom({ whose, files }: FullShare): Refusal {
  if (whose === 'team') return refuse('files.waiting', { waiting: files });
  return whose === 'person' ? refuse('files.yours-waiting', { waiting: files }) : refuse('files.arriving', { most: files });
}

function refusalOf(error: unknown, name: string): Refusal | null {
  if (!(error instanceof FilesError)) return null;
  return Object.assign(error.code === 'file.changed' ? refuse('file.broken', { name }) : refuse('storage.unavailable'), { cause: error });
}
