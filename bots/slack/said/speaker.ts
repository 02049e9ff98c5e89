import type { SpeakerInput } from '#core/contracts/chats.ts';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import type { Who } from './directory.ts';

/** Where it was said pays, and where they are from says who they are. */
export function speakerOf({ externalId, name: workspaceName }: Installation, who: Who): SpeakerInput {
  const { id, name, space, isGuest, isOutsider, administers } = who;
  return { platform: 'slack', workspace: externalId, workspaceName, space, externalId: id, name, isGuest, isOutsider, administers };
}
