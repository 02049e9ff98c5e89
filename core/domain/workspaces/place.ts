// A place: a channel, thread or direct message of a platform, with its name and its rules.

import type { Platform } from '../messages/thread-ref.ts';

export const placeKinds = ['channel', 'thread', 'direct'] as const;
export type PlaceKind = (typeof placeKinds)[number];

/**
 * What the bot takes as said to it. `mention`: what mentions it, and follow-ups of whoever asked in a thread until somebody else
 * speaks there. `thread`: also everything in a thread where it was asked. `always`: everything (chats/addressed.ts).
 */
export const placeAnswers = ['mention', 'thread', 'always'] as const;
export type PlaceAnswers = (typeof placeAnswers)[number];

/** What a platform tells of a place. */
export interface NamedPlace {
  /** `slack:T1:C9`, as asks name their channel; a thread has its own part behind that. */
  readonly ref: string;
  readonly platform: Platform;
  /** The external id of its workspace; null for a direct message outside of workspaces. */
  readonly workspace: string | null;
  readonly kind: PlaceKind;
  /** As people know it there, such as `#general`; null where it has none. */
  readonly name: string | null;
  readonly private: boolean;
}

/** Those of a channel hold in all of its threads. A thread has none of its own, but may be muted alone. */
export interface PlaceRules {
  readonly answers: PlaceAnswers;
  /** The bot takes only what mentions it or is a command. */
  readonly muted: boolean;
  /** Whether guests and people of other organizations may ask; null: as in its workspace. */
  readonly guestsMayAsk: boolean | null;
  /** The platform's ids of roles, one of which somebody needs in order to ask; empty: everybody may. */
  readonly roles: readonly string[];
}

export interface Place extends NamedPlace, PlaceRules {}

/** A place that nobody made rules for. */
export const usualRules: PlaceRules = { answers: 'mention', muted: false, guestsMayAsk: null, roles: [] };

/** Platforms allow 80 to 100 characters in a name, and 250 roles in a server. */
export const placeLimits = { refCharacters: 300, nameCharacters: 100, roles: 250, roleCharacters: 100 } as const;
