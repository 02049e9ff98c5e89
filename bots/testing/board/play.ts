// The board beside a running product, with people and channels to begin with, and a page to talk on.

import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { AdapterSandbox, SandboxOptions } from '#bots/adapter.ts';
import { chatPages } from '#bots/sandbox/pages.ts';
import { boardChat } from './chat.ts';
import { boardPeople, type BoardPeople } from './client.ts';
import type { BoardSettings } from './poster.ts';
import { startBoard } from './sandbox/server.ts';

export async function playBoard({ dataDir, url, clock }: SandboxOptions): Promise<AdapterSandbox<BoardSettings>> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const [token, peopleToken] = [newToken(), newToken()];
  const board = await startBoard({ token, peopleToken, file: path.join(dataDir, 'board.jsonl'), now: () => clock.now() });
  const people = boardPeople(board.url, peopleToken);
  if ((await people.places()).workspaces.length === 0) await furnish(people);
  // Nobody answers there yet; what is said meanwhile is told until somebody does.
  await people.hook({ url: `${url}/board/events` });
  const page = { title: 'Board', path: '/sandbox/board' } as const;
  return {
    settings: { url: board.url, token },
    mounts: chatPages(boardChat(people), { path: page.path }),
    page,
    linked: [{ externalId: 'board', name: 'Board' }],
    stop: board.stop,
  };
}

/** A workspace for a team to link, and one that nobody has linked. */
async function furnish(people: BoardPeople): Promise<void> {
  await people.workspace('board', 'Board');
  await people.resident('board', { id: 'ann', name: 'Ann', role: 'admin' });
  await people.resident('board', { id: 'bo', name: 'Bo', role: 'member' });
  await people.resident('board', { id: 'gus', name: 'Gus', role: 'guest' });
  await people.resident('board', { id: 'olga', name: 'Olga', role: 'outsider' });
  await people.channel('general');
  await people.channel('sales');
  await people.channel('archive', { closed: true });
  for (const [id, name] of [
    ['ann', 'Ann'],
    ['bo', 'Bo'],
  ] as const)
    await people.channel(`dm-${id}`, { direct: id, name });
  await people.workspace('harbor', 'Harbor (not linked)');
  await people.resident('harbor', { id: 'mia', name: 'Mia', role: 'admin' });
  await people.channel('harbor-general', { workspace: 'harbor', name: 'general' });
}

function newToken(): string {
  return randomBytes(24).toString('base64url');
}
