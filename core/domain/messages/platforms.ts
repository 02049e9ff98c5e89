// The platforms that this version knows, one row each: the core, the API, the portal and the audit log all look here. A word
// that a newer version or an adapter without a row has stored is shown as it is, and counts as a chat: its letters are posted,
// and what began there goes on there.

import type { Platform } from './thread-ref.ts';

export interface PlatformRow {
  /** The first word of its thread refs. Stored, so it never changes. */
  readonly word: Platform;
  /** What people call it. */
  readonly name: string;
  /** What people there call a workspace, where it is not that. */
  readonly workspace?: string;
  /** Direct messages with the bot belong to no workspace there, so that none pays for them. */
  readonly directIsOwn?: true;
  /** People read its letters from us: nothing is posted there. */
  readonly readHere: boolean;
  /** What began there goes on in the portal and over the API too. Elsewhere the others of the thread would not see it. */
  readonly followUps: boolean;
}

/** The platform that the portal's own conversations are on. */
export const PORTAL: Platform = 'web';

export const platforms: readonly PlatformRow[] = [
  { word: PORTAL, name: 'Portal', readHere: true, followUps: true },
  { word: 'terminal', name: 'Terminal', readHere: true, followUps: true },
  { word: 'slack', name: 'Slack', readHere: false, followUps: false },
  { word: 'discord', name: 'Discord', workspace: 'server', directIsOwn: true, readHere: false, followUps: false },
];

/** What people call it; its word where this version does not know it. */
export function platformName(word: Platform): string {
  return rowOf(word)?.name ?? word;
}

/** What people there call a workspace. */
export function workspaceWord(word: Platform): string {
  return rowOf(word)?.workspace ?? 'workspace';
}

/** Whether direct messages with the bot belong to a workspace there. */
export function hasDirect(word: Platform): boolean {
  return rowOf(word)?.directIsOwn !== true;
}

export function isReadHere(word: Platform): boolean {
  return rowOf(word)?.readHere ?? false;
}

/** Whether a conversation there goes on in the portal and over the API. */
export function takesFollowUps(word: Platform): boolean {
  return rowOf(word)?.followUps ?? false;
}

/** The words of those whose letters are read from us. */
export function platformsReadHere(): Platform[] {
  return platforms.filter(({ readHere }) => readHere).map(({ word }) => word);
}

function rowOf(platform: Platform): PlatformRow | undefined {
  return platforms.find(({ word }) => word === platform);
}
