import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import type { Reply } from '#core/domain/messages/reply.ts';
import { html, type Markup } from '#core/domain/text/html.ts';
import type { Kit, Stage } from '../kit.ts';
import { board } from './adapter.ts';
import { boardPeople } from './client.ts';
import { drawMarkup } from './draw.ts';
import { showMarkup } from './markup.ts';
import { boardPoster } from './poster.ts';
import { refs } from './refs.ts';
import { buttonsOf, limits, renderBoard } from './render.ts';
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
  pictures: (reply) => [{ title: 'board', html: drawPosts(reply).text }],
  styles: `
.board { font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; overflow-x: auto; width: calc(66ch + 34px); max-width: 100%; padding: 12px 16px; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
.board + .board { margin-top: 8px; }
.board pre { font: inherit; overflow-x: auto; }
.board blockquote { margin: 8px 0 0; padding-left: 10px; border-left: 3px solid var(--line); }
.board .buttons { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 10px; }
.board .buttons span { padding: 3px 12px; border: 1px solid var(--line); border-radius: 8px; }
.board .buttons .main { border-color: var(--accent); color: var(--accent); }
.board .buttons .danger { color: light-dark(#b3261e, #ff8a80); }
`,
  stage: startStage,
  hearing: startHearing,
};

/** The posts of a reply, with the buttons below the last one. */
function drawPosts(reply: Reply): Markup {
  const parts = renderBoard(reply);
  const buttons = html`${buttonsOf(reply).map(({ label, style }) => html`<span class="${style}">${label}</span>`)}`;
  return html`${parts.map((part, i) => {
    const isLast = i === parts.length - 1 && buttons.text !== '';
    return html`<div class="board">${drawMarkup(part)}${isLast ? html`<div class="buttons">${buttons}</div>` : ''}</div>`;
  })}`;
}

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
