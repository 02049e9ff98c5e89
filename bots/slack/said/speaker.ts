import type { SpeakerInput } from '#core/contracts/chats.ts';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import type { Who } from './directory.ts';

/** Where it was said pays, and where they are from says who they are. Whoever installed the app may link it too. */
export function speakerOf({ externalId, name: workspaceName, installedBy }: Installation, who: Who): SpeakerInput {
  const { id, name, space, isGuest, isOutsider } = who;
  const administers = who.administers || (id === installedBy && !isGuest && !isOutsider);
  return { platform: 'slack', workspace: externalId, workspaceName, space, externalId: id, name, isGuest, isOutsider, administers };
}
