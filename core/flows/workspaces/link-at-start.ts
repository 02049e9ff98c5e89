// Whoever tries the product on a laptop finds a workspace of a sandbox for which their team pays, as if they had linked it.

import type { Actor } from '#core/domain/actor.ts';
import type { Core } from '../runtime/core.ts';
import { linkingVerbs, type PlatformWorkspace } from './linking.ts';

/** With the limits that every newly linked workspace has. One that was linked before is left as it is, whoever pays there now. */
export async function linkAtStart(core: Core, owner: Actor, workspace: PlatformWorkspace): Promise<void> {
  const { platform, externalId } = workspace;
  if ((await core.store.prisma.workspace.count({ where: { platform, externalId } })) > 0) return;
  const { makeWorkspaceLink, confirmLink } = linkingVerbs(core);
  const { url } = await makeWorkspaceLink(workspace);
  await confirmLink(owner, url.slice(url.lastIndexOf('/') + 1), owner);
}
