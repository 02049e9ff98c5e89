// The sandbox page behind the product's HTTP door, with a board of its own and no product behind it.

import { onTestFinished } from 'vitest';
import { boardChat } from '#bots/testing/board/chat.ts';
import { boardPeople, type BoardPeople } from '#bots/testing/board/client.ts';
import { startBoard } from '#bots/testing/board/sandbox/server.ts';
import { openDoor, type Door } from '#web/server/testing/open-door.ts';
import { chatPages } from '../pages.ts';

/** Ann in the channel where everybody is. */
export const view = { workspace: 'board', channel: 'general', as: 'ann' };
export const printedToken = 'printed';

export interface OpenPage {
  readonly door: Door;
  readonly people: BoardPeople;
  form(fields: Readonly<Record<string, string>>, files?: readonly File[]): FormData;
  /** The page as whoever has its link. */
  get(query?: string): Promise<string>;
  /** Sends one of its forms; the view is Ann's where nothing else is said. */
  act(word: string, fields: Readonly<Record<string, string>>, files?: readonly File[]): Promise<Response>;
  /** What a bot does there. */
  bot(at: string, body: object): Promise<{ readonly id: string }>;
}

/** It stops with the test. */
export async function openPage(): Promise<OpenPage> {
  const board = await startBoard({ token: 'bot' });
  onTestFinished(board.stop);
  const people = boardPeople(board.url);
  await people.workspace('board', 'Board');
  await people.resident('board', { id: 'ann', name: 'Ann', role: 'member' });
  await people.resident('board', { id: 'bo', name: 'Bo', role: 'guest' });
  await people.channel('general');
  const mounts = chatPages(boardChat(people), { path: '/sandbox/board' });
  const door = await openDoor({}, { mounts, sandboxToken: printedToken });
  const form: OpenPage['form'] = (fields, files = []) => {
    const data = new FormData();
    for (const [name, value] of Object.entries({ ...view, ...fields })) data.set(name, value);
    for (const file of files) data.append('files', file);
    return data;
  };
  return {
    door,
    people,
    form,
    get: async (query = '') => (await door.fetch(`/sandbox/board${query}`, { key: printedToken })).text(),
    act: (word, fields, files) => door.fetch(`/sandbox/board/${word}`, { key: printedToken, method: 'POST', body: form(fields, files) }),
    async bot(at, body) {
      const answer = await fetch(`${board.url}/${at}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { Authorization: 'Bearer bot' },
      });
      if (!answer.ok) throw new Error(`the board answered ${answer.status}`);
      return (await answer.json()) as { id: string };
    },
  };
}
