import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { escapeHtml } from '../html.ts';
import type { Kit, Stage } from '../kit.ts';
import { board } from './adapter.ts';
import { boardPeople } from './client.ts';
import { showMarkup } from './markup.ts';
import { boardPoster } from './poster.ts';
import { refs } from './refs.ts';
import { limits, renderBoard } from './render.ts';
import { boardShower } from './shower.ts';
import { startHearing } from './hearing.ts';
import { startBoard } from './sandbox/server.ts';

export const boardKit: Kit<string> = {
  adapter: board,
  refs: {
    good: [
      { channel: 'general', thread: '17' },
      { channel: 'team-7', thread: '' },
    ],
    bad: ['board:general', 'board:General:1', 'board:general:x', 'board::1', `board:${'a'.repeat(41)}:1`],
  },
  lines: (part) => showMarkup(part).lines,
  troubles(part) {
    const { pings, links } = showMarkup(part);
    return [
      ...(part.length > limits.post ? [`${part.length} characters`] : []),
      ...pings.map((ping) => `pings ${ping}`),
      ...links.map(({ label, url }) => `the link “${label}” leads to ${url}`),
    ];
  },
  pictures: (reply) => [
    {
      title: 'board',
      html: renderBoard(reply)
        .map((part) => `<p class="board">${escapeHtml(showMarkup(part).lines.join('\n'))}</p>`)
        .join(''),
    },
  ],
  styles:
    '.board { font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; box-sizing: content-box; width: 66ch; max-width: 100%; padding: 12px 16px; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }',
  stage: startStage,
  hearing: startHearing,
};

async function startStage(): Promise<Stage> {
  const token = randomUUID();
  const file = path.join(os.tmpdir(), `board-${token}.jsonl`);
  let running = await startBoard({ token, file });
  const { url } = running;
  const people = boardPeople(url);

  await people.channel('general');
  await people.channel('other');
  await people.channel('closed');
  await people.channel('quiet', { searchable: false });
  const roots = await Promise.all(['general', 'closed', 'quiet', 'other'].map((channel) => people.say(channel, 'find me 100 leads')));
  const [thread, closed, unsearchable, elsewhere] = roots.map(({ channel, thread: root }) => refs.format({ channel, thread: root }));
  await people.channel('closed', { closed: true });

  return {
    poster: boardPoster({ url, token }),
    shower: boardShower({ url, token }),
    otherPoster: boardPoster({ url, token }),
    thread: thread!,
    newThread: refs.format({ channel: 'general', thread: '' }),
    closed: {
      'the channel is closed': { thread: closed!, wholeChannel: true },
      'no such channel': { thread: 'board:gone:1', wholeChannel: true },
      'no such thread': { thread: 'board:general:999', wholeChannel: false },
    },
    elsewhere: elsewhere!,
    limit: (ref, forMs) => people.limit(refs.parse(ref)!.channel, forMs),
    unsearchable: unsearchable!,
    next: (fault) => people.next(fault),
    nextEdit: (fault) => people.nextEdit(fault),
    remove: (messageRef) => people.remove(messageRef),
    async setDown(down) {
      if (down) await running.stop();
      else running = await startBoard({ token, file, port: Number(new URL(url).port) });
    },
    async posts(ref) {
      const { channel, thread: root } = refs.parse(ref)!;
      return (await people.messages(channel, root))
        .filter(({ from }) => from === null)
        .map(({ text }) => showMarkup(text).lines.join('\n'));
    },
    async stop() {
      await running.stop();
      await rm(file, { force: true });
    },
  };
}
