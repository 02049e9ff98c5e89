// Files of Slack: who may fetch them, and at which address.

import { openShelf as openAnyShelf, type Shelf as AnyShelf } from '#bots/stand-in/shelf.ts';
import type { FileInfo, Team } from './shapes.ts';

/** What Slack does to files. */
export const fileFaults = ['gone', 'login-page', 'larger', 'cut', 'broken', 'busy'] as const;
export type FileFault = (typeof fileFaults)[number];

export interface Shelf extends AnyShelf {
  addressOf(file: FileInfo): string;
}

const loginPage = '<!doctype html><title>Sign in | Slack</title><h1>Sign in to your workspace</h1>';

/** `folder` null: in memory. */
export function openShelf(folder: string | null, origin: () => string): Shelf {
  return {
    ...openAnyShelf({ folder, id: /^F[A-Z0-9]+$/, loginPage, expired: 404 }),
    addressOf: ({ id, team, name }) =>
      `${origin()}/files-pri/${team}-${id}/download/${encodeURIComponent(name.slice(0, 100).toWellFormed())}`,
  };
}

export function mayDownload(teams: Iterable<Team>, authorization: string | undefined, file: FileInfo | undefined): boolean {
  const team = [...teams].find(({ token, tokenState }) => tokenState === 'live' && authorization === `Bearer ${token}`);
  return team !== undefined && team.scopes.includes('files:read') && (file === undefined || file.team === team.id);
}
