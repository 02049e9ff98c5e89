// Whoever tries the product finds a workspace in each chat sandbox for which their team pays, as if they had linked it.

import { linkingVerbs } from '#core/flows/workspaces/linking.ts';
import type { Core } from '#core/flows/runtime/core.ts';
import type { Chats } from './chats.ts';

/** With the limits that every newly linked workspace has. One that was linked before is left as it is, whoever pays there now. */
export async function linkSandboxes(core: Core, linked: Chats['linked'], { apiKey }: { readonly apiKey: string }): Promise<void> {
  const { store } = core;
  const owner = await store.people.holderOf(apiKey);
  if (owner === null || linked.length === 0) return;
  const { makeWorkspaceLink, confirmLink } = linkingVerbs(core);
  for (const { platform, externalId, name } of linked) {
    if ((await store.prisma.workspace.count({ where: { platform, externalId } })) > 0) continue;
    const { url } = await makeWorkspaceLink({ platform, externalId, name });
    await confirmLink(owner, url.slice(url.lastIndexOf('/') + 1), owner);
  }
}
