// A file of a task as a page shows it.

import type { Readable } from 'node:stream';
import type { Actor } from '#core/domain/actor.ts';
import { UNKNOWN_MIME } from '#core/domain/files/mime.ts';
import { originalKeyOf } from '#core/domain/files/original-file.ts';
import { shownAs, type ShownAs } from '#core/domain/files/shown-file.ts';
import { isId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import { FilesError } from '#core/ports/files.ts';
import type { StoredFile } from '#core/store/files/files.ts';
import type { Core } from '../runtime/core.ts';
import { findTask } from '../tasks/history.ts';
import { linkFor, SIGNED_SECONDS } from './links.ts';

interface OpenedFile {
  readonly name: string;
  readonly mime: string;
  /** null: it can only be downloaded. */
  readonly shownAs: ShownAs | null;
  /** Our link, which downloads it. */
  readonly url: string;
  /** Rejects with `file.unreachable` while storage is away. */
  read(signal: AbortSignal): Promise<Readable>;
}

/** Rejects with `task.not-found` for a file that is not there, or not of this task, and `file.gone` once it is no longer kept. */
export async function openFile(core: Core, actor: Actor, taskId: string, fileId: string): Promise<OpenedFile> {
  const file = await findFile(core, actor, taskId, fileId);
  return {
    name: file.name,
    mime: file.mime,
    shownAs: shownAs(file.mime),
    url: linkFor(core, file.id),
    read: (signal) => core.files.open(file.storageKey, signal).catch((error: unknown) => refuseInWords(error, file)),
  };
}

/**
 * A storage address of the file as the agent wrote it, formulas and all: for who knows what it is, and asked for it by its
 * name, so no link that was passed on leads here. Rejects as `openFile`, also where there is none.
 */
export async function openOriginal(core: Core, actor: Actor, taskId: string, fileId: string): Promise<{ url: string }> {
  const file = await findFile(core, actor, taskId, fileId);
  const key = originalKeyOf(file.storageKey);
  if (key === null) throw refuse('task.not-found');
  return { url: await core.files.sign(key, { name: originalName(file.name), mime: UNKNOWN_MIME, ttlSeconds: SIGNED_SECONDS }) };
}

/** leads.csv → leads (original).csv */
function originalName(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? `${name} (original)` : `${name.slice(0, dot)} (original)${name.slice(dot)}`;
}

async function findFile(core: Core, actor: Actor, taskId: string, fileId: string): Promise<StoredFile> {
  mustBeAllowed(actor, 'tasks.see');
  const task = await findTask(core, actor, taskId);
  const file = isId(fileId) ? await core.store.files.find(fileId) : null;
  if (file === null || file.taskId !== task.id) throw refuse('task.not-found');
  if (file.deleted) throw refuse('file.deleted', { role: file.role });
  if (file.removed) throw refuse('file.gone', { role: file.role });
  return file;
}

function refuseInWords(error: unknown, { role }: StoredFile): never {
  if (!(error instanceof FilesError)) throw error;
  throw error.code === 'file.missing' ? refuse('file.gone', { role }) : refuse('file.unreachable');
}
