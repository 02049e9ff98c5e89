// An installation: a platform's app in one of its workspaces, with its tokens, linked to a team or not.

import type { Platform } from '../messages/thread-ref.ts';

/** What opens a workspace to us. Never logged, shown or exported. */
export interface Tokens {
  /** What calls to the platform are made with. */
  readonly bot: string;
  /** Exchanged once for the next tokens; null where a platform's tokens do not rotate. */
  readonly refresh: string | null;
  /** null: they do not expire. */
  readonly expiresAt: Date | null;
}

export interface Installation {
  readonly platform: Platform;
  /** The Slack workspace (or, of one in all workspaces of a company, the company) or Discord server. */
  readonly externalId: string;
  readonly enterpriseId: string | null;
  readonly name: string;
  /** Who we are there. */
  readonly botUserId: string | null;
  readonly scopes: readonly string[];
  /** The platform's id of whoever installed it; null where nobody knows. */
  readonly installedBy: string | null;
  /** Grows with each change of tokens. */
  readonly version: number;
  readonly tokens: Tokens;
}

/** What a platform says once somebody has installed the app. */
export type NewInstallation = Omit<Installation, 'version'>;

/** Far above what platforms give: a longer list or word is a mistake. */
export const installationLimits = {
  /** Slack's tokens have about 80 characters, Discord's about 70; rotating ones about 250. */
  tokenCharacters: 4_096,
  idCharacters: 200,
  scopes: 200,
  nameCharacters: 80,
} as const;
