// Who says or presses something in a chat, as the platform tells it. Nothing of it proves who they are to anybody else.

import type { Platform } from '../messages/thread-ref.ts';

export interface Speaker {
  readonly platform: Platform;
  /** Where it was said: the Slack workspace or Discord server; null where there is none. Its team pays. */
  readonly workspace: string | null;
  /** For people to read. */
  readonly workspaceName?: string | undefined;
  /** Where user ids are unique: the speaker's own Slack workspace; null where they are unique on the whole platform. */
  readonly space: string | null;
  readonly externalId: string;
  readonly name: string;
  /** They see only some channels of the workspace. */
  readonly isGuest: boolean;
  /** They belong to another organization, such as in a channel that two companies share. */
  readonly isOutsider: boolean;
  /** They administer the workspace on its platform. */
  readonly administers: boolean;
}

/** Names a speaker in rates, before we know them. What is stored has a digest of it (flows/chats/speaker-digest.ts). */
export function speakerKey({ platform, space, externalId }: Pick<Speaker, 'platform' | 'space' | 'externalId'>): string {
  return `${platform}:${space ?? ''}:${externalId}`;
}

/** Guests and outsiders would spend what is not theirs, so a workspace has to allow them. Who pays alone needs no such leave. */
/**
 * The channel as limits know it: with its platform and workspace in front, so that the caps of a workspace hold in all of its channels.
 * Where an adapter names none, the workspace still counts. null: the adapter named a channel of another place.
 */
export function channelRef(
  { platform, workspace }: Pick<Speaker, 'platform' | 'workspace'>,
  channel: string | undefined,
): string | undefined | null {
  const here = workspace === null ? `${platform}:` : `${platform}:${workspace}:`;
  if (channel !== undefined) return channel.startsWith(here) ? channel : null;
  return workspace === null ? undefined : here;
}

export function mayAskHere(
  { isGuest, isOutsider }: Pick<Speaker, 'isGuest' | 'isOutsider'>,
  place: { readonly workspacePays: boolean; readonly guestsMayAsk: boolean },
): boolean {
  return !(isGuest || isOutsider) || !place.workspacePays || place.guestsMayAsk;
}
