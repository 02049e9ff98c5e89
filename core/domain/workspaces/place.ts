// A place: a channel, thread or direct message of a platform, or a whole workspace, with its name and its rules.

import type { Platform } from '../messages/thread-ref.ts';

export const placeKinds = ['channel', 'thread', 'direct', 'workspace'] as const;
export type PlaceKind = (typeof placeKinds)[number];

/**
 * What the bot takes as said to it. `mention`: what mentions it, and follow-ups of whoever asked in a thread until somebody else
 * speaks there. `thread`: also everything in a thread where it was asked. `always`: everything (chats/addressed.ts).
 */
export const placeAnswers = ['mention', 'thread', 'always'] as const;
export type PlaceAnswers = (typeof placeAnswers)[number];

/** What a platform tells of a place. */
export interface NamedPlace {
  /** `slack:T1:C9`, as asks name their channel; a thread has its own part behind that, and a workspace is `slack:T1:`. */
  readonly ref: string;
  readonly platform: Platform;
  /** The external id of its workspace; null for a direct message outside of workspaces. */
  readonly workspace: string | null;
  readonly kind: PlaceKind;
  /** As people know it there, such as `#general`; null where it has none. */
  readonly name: string | null;
  readonly private: boolean;
}

/**
 * Those of a channel hold in all of its threads. A thread has none of its own, but may be muted alone. A workspace has `onlyListed`,
 * `open` and `roles`.
 */
export interface PlaceRules {
  readonly answers: PlaceAnswers;
  /** The bot takes only what mentions it or is a command. */
  readonly muted: boolean;
  /** Whether guests and people of other organizations may ask; null: as in its workspace. */
  readonly guestsMayAsk: boolean | null;
  /**
   * The platform's ids of roles, one of which somebody needs in order to ask; empty: as in its workspace, and where that has none,
   * everybody may.
   */
  readonly roles: readonly string[];
  /** How those roles were called when they were chosen, by their ids. */
  readonly roleNames: Readonly<Record<string, string>>;
  /** Of a workspace: people may ask only in channels that are open. */
  readonly onlyListed: boolean;
  /** People may ask here although the workspace is open only in listed channels. Of a workspace: in direct messages with the bot. */
  readonly open: boolean;
}

export interface Place extends NamedPlace, PlaceRules {}

/** A place that nobody made rules for. */
export const usualRules: PlaceRules = {
  answers: 'mention',
  muted: false,
  guestsMayAsk: null,
  roles: [],
  roleNames: {},
  onlyListed: false,
  open: false,
};

/** The place that a whole workspace is. */
export function wholeWorkspace(platform: Platform, workspace: string): NamedPlace {
  return { ref: `${platform}:${workspace}:`, platform, workspace, kind: 'workspace', name: null, private: false };
}

/** Platforms allow 80 to 100 characters in a name, and 250 roles in a server. */
export const placeLimits = {
  refCharacters: 300,
  nameCharacters: 100,
  roles: 250,
  roleCharacters: 100,
  /** Channels of one workspace that a page lists; others are opened from the channel itself. */
  listed: 200,
  /** Channels that are named to somebody who asks where they may not. */
  told: 5,
} as const;
