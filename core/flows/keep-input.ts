import type { Readable } from 'node:stream';
import { safeFileName } from '#core/domain/file-name.ts';
import { newId, type FileId } from '#core/domain/ids.ts';
import { askLimits } from '#core/domain/limits.ts';
import { mimeOf, UNKNOWN_MIME } from '#core/domain/mime.ts';
import { refuse } from '#core/domain/refusal.ts';
import type { Actor } from './app.ts';
import type { Core } from './core.ts';

/** Keeps a file until an ask names it. The mime type is told from the name where that tells one, else as it was said. */
export async function keepInput(core: Core, actor: Actor, file: { name: string; mime: string; sizeBytes: number }, body: Readable): Promise<FileId> {
  const name = safeFileName(file.name);
  if (file.sizeBytes === 0) throw refuse('file.empty', { name });
  if (file.sizeBytes > askLimits.fileBytes) throw refuse('file.too-large', { name });
  const id = newId<FileId>(core.clock.now().getTime());
  const fromName = mimeOf(name);
  const mime = fromName === UNKNOWN_MIME ? file.mime : fromName;
  const storageKey = `inputs/${id}`;
  const stored = await core.files.put(storageKey, body, { mime, sizeBytes: file.sizeBytes });
  await core.store.files.addInput({ id, teamId: actor.teamId, name, mime, sizeBytes: stored.sizeBytes, sha256: stored.sha256, storageKey }, core.clock.now());
  core.log.info({ fileId: id, teamId: actor.teamId, sizeBytes: stored.sizeBytes }, 'input kept');
  return id;
}
