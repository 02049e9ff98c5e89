// What people do with files that are there: delete one, or end the links to it that were handed around. The person who asked
// for the task or uploaded the file may, and owners and admins of the team. Nothing is charged or given back for it.

import type { Actor } from '#core/domain/actor.ts';
import { isId, type FileId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { may, mustBeAllowed } from '#core/domain/team/permission.ts';
import type { OwnedFile } from '#core/store/files/file-acts.ts';
import type { AuditLine } from '#core/store/team/audit.ts';
import type { Core } from '../runtime/core.ts';

/** False for a file that is not there: the verb says so. */
export async function isOfSomebodyElse({ store }: Core, actor: Actor, fileId: string): Promise<boolean> {
  const file = isId(fileId) ? await store.fileActs.find(actor.teamId, fileId) : null;
  return file !== null && !isOwn(actor, file);
}

/** An upload that no task has taken is its uploader's in any role: who may not ask any more can still take it back. */
function isOwn({ userId, role }: Actor, { askedBy, taskId }: OwnedFile): boolean {
  return askedBy === userId && (taskId === null || may(role, 'tasks.ask'));
}

export function fileActVerbs(core: Core) {
  const { fileActs } = core.store;

  async function find(actor: Actor, fileId: string): Promise<OwnedFile> {
    mustBeAllowed(actor, 'tasks.see');
    const file = isId(fileId) ? await fileActs.find(actor.teamId, fileId) : null;
    if (file === null) throw refuse('file.not-found');
    if (!isOwn(actor, file)) mustBeAllowed(actor, 'files.delete');
    return file;
  }

  const line = (actor: Actor, act: string, { id, taskId }: OwnedFile): AuditLine => ({
    at: core.clock.now(),
    actor: `user:${actor.userId}`,
    act,
    teamId: actor.teamId,
    subject: id,
    facts: { taskId }, // a name may tell of somebody, and stays where it can be erased
  });

  return {
    /**
     * Owners and admins who delete what somebody else asked for confirm who they are first, and no program may
     * (core/flows/runtime/sensitive-acts.ts). Nobody can open the file from now on, by no link, and its content is removed from
     * storage. Deleting it twice is fine. A task that was run again shares its files with the first one: they are deleted in
     * both. Rejects with `file.not-found`, `file.gone` when its time was over, and `file.in-use` while a task with it runs.
     */
    async delete(actor: Actor, fileId: string): Promise<{ fileId: FileId; deletedAt: string }> {
      const file = await find(actor, fileId);
      if (file.deletedAt !== null) return { fileId: file.id, deletedAt: file.deletedAt.toISOString() };
      if (file.removed) throw refuse('file.gone', { role: file.role });
      const deletedAt = await fileActs.remove(file, core.clock.now(), line(actor, 'file.deleted', file));
      if (deletedAt === null) throw refuse('file.in-use');
      core.log.info({ fileId: file.id, taskId: file.taskId, userId: actor.userId }, 'file deleted by a person');
      return { fileId: file.id, deletedAt: deletedAt.toISOString() };
    },

    /**
     * Links to this file that were given out until now stop working without a login; those of its task's pages are new ones.
     * Rejects as `delete`.
     */
    async endLinks(actor: Actor, fileId: string): Promise<{ fileId: FileId; endedAt: string }> {
      const file = await find(actor, fileId);
      if (file.deletedAt !== null) throw refuse('file.deleted', { role: file.role });
      if (file.removed) throw refuse('file.gone', { role: file.role });
      const at = core.clock.now();
      await fileActs.endLinks(file, at, line(actor, 'file.links-ended', file));
      core.log.info({ fileId: file.id, taskId: file.taskId, userId: actor.userId }, 'links to a file ended');
      return { fileId: file.id, endedAt: at.toISOString() };
    },
  };
}
