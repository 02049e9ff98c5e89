// People on a board, for the contract of what comes in.

import { randomUUID } from 'node:crypto';
import type { HearingStage, Who } from '../kit.ts';
import { boardPeople } from './client.ts';
import type { Role } from './events.ts';
import { showMarkup } from './markup.ts';
import { refs } from './refs.ts';
import { startBoard } from './sandbox/server.ts';

const people: Readonly<Record<Who, { readonly id: string; readonly name: string; readonly role: Role }>> = {
  asker: { id: 'ann', name: 'Ann', role: 'member' },
  other: { id: 'bo', name: 'Bo', role: 'member' },
  guest: { id: 'gus', name: 'Gus', role: 'guest' },
  outsider: { id: 'olga', name: 'Olga', role: 'outsider' },
  stranger: { id: 'mia', name: 'Mia', role: 'admin' },
};

export async function startHearing(): Promise<HearingStage> {
  const token = randomUUID();
  const board = await startBoard({ token });
  const there = boardPeople(board.url);
  await there.channel('general');
  await there.workspace('harbor', 'Harbor');
  await there.channel('harbor-general', { workspace: 'harbor' });
  const placeOf = (ref: string) => refs.parse(ref) as { channel: string; thread: string };
  const formOf = async (who: Who) => (await there.seen('general', people[who].id)).forms.at(-1) ?? null;

  return {
    settings: { url: board.url, token },
    workspace: 'board',
    async connect(url) {
      await there.hook({ url: `${url}/board/events` });
      await there.echoes(`${url}/board/echoes`);
    },
    tell: (how) => there.hook(how),
    async say(who, text, { thread: ref, files = [] } = {}) {
      const channel = who === 'stranger' ? 'harbor-general' : 'general';
      const inThread = ref === undefined ? {} : { thread: placeOf(ref).thread };
      const { id, thread } = await there.say(channel, text, { from: people[who], files, ...inThread });
      return { thread: refs.format({ channel, thread }), message: id };
    },
    async sayTwice(who, text) {
      const gesture = randomUUID();
      const said = await Promise.all([1, 2].map(() => there.say('general', text, { from: people[who], gesture })));
      return said.map(({ id, thread }) => ({ thread: refs.format({ channel: 'general', thread }), message: id }));
    },
    edit: async (who, { message }, text) => void (await there.edit(message, text, people[who])),
    remove: (who, { message }) => there.delete(message, people[who]),
    pressesAreRetold: true,
    unconfirmed: () => there.unconfirmed(),
    press: async (who, { message }, choice) => void (await there.press(message, choice, people[who])),
    async form(who) {
      const form = (await formOf(who))?.form;
      return form ? Object.fromEntries(form.fields.map(({ id, value }) => [id, value])) : null;
    },
    submit: async (who, values) => void (await there.submit((await formOf(who))!.id, values, people[who])),
    command: async (who, name, text) => void (await there.command('general', name, text, { from: people[who] })),
    stopWork: (who, ref) => there.stop(placeOf(ref).channel, placeOf(ref).thread, people[who]),
    loseFile: () => there.nextFile('expired'),
    async posts(ref) {
      const { channel, thread } = placeOf(ref);
      const posts = (await there.messages(channel, thread)).filter(({ from }) => from === null);
      return posts.map(({ id, text, choices = [] }) => ({ message: id, text: readable(text), choices: choices.map((each) => each.id) }));
    },
    async told(who, ref) {
      const { channel, thread } = ref === null ? { channel: 'general', thread: undefined } : placeOf(ref);
      const { messages } = await there.seen(channel, people[who].id, thread === undefined ? {} : { thread });
      return messages.filter(({ only }) => only === people[who].id).map(({ text }) => readable(text));
    },
    stop: board.stop,
  };
}

function readable(text: string): string {
  return showMarkup(text).lines.join('\n');
}
