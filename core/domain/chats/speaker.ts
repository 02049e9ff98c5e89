// Who says or presses something in a chat, as the platform tells it. Nothing of it proves who they are to anybody else.

import type { Platform, ThreadRef } from '../messages/thread-ref.ts';
import type { PlaceRules } from '../workspaces/place.ts';

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
  /** The platform's ids of the roles they have where it was said. */
  readonly roles: readonly string[];
}

/** Names a speaker in rates, before we know them. What is stored has a digest of it (flows/chats/speaker-digest.ts). */
export function speakerKey({ platform, space, externalId }: Pick<Speaker, 'platform' | 'space' | 'externalId'>): string {
  return `${platform}:${space ?? ''}:${externalId}`;
}

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

/** The channel of a thread: what its ref begins with. */
export function channelOfThread(threadRef: ThreadRef): string {
  return threadRef.slice(0, threadRef.lastIndexOf(':'));
}

/** Where somebody asks. */
export interface AskedHere {
  readonly workspacePays: boolean;
  readonly guestsMayAsk: boolean;
  readonly place: Pick<PlaceRules, 'roles' | 'onlyListed' | 'open'>;
}

/**
 * Why this person can't spend here; null when they may. Guests and outsiders would spend what is not theirs, so a workspace or a
 * channel has to allow them; where nobody but they pay, they need no leave. Roles and open channels count whoever pays.
 */
export function whyNotHere(
  { isGuest, isOutsider, roles }: Pick<Speaker, 'isGuest' | 'isOutsider' | 'roles'>,
  { workspacePays, guestsMayAsk, place }: AskedHere,
): 'guests.not-allowed' | 'place.not-allowed' | 'roles.not-allowed' | null {
  if ((isGuest || isOutsider) && workspacePays && !guestsMayAsk) return 'guests.not-allowed';
  if (place.onlyListed && !place.open) return 'place.not-allowed';
  if (place.roles.length > 0 && !place.roles.some((role) => roles.includes(role))) return 'roles.not-allowed';
  return null;
}
