// People in the sandbox, for the contract of what comes in.

import type { HearingStage, Who } from '../../testing/kit.ts';
import { refs } from '../refs.ts';
import { slackPeople } from '../sandbox/client.ts';
import { installationOf } from '../sandbox/play.ts';
import { defaultSigningSecret, startSlackSandbox } from '../sandbox/server.ts';
import type { Role } from '../sandbox/shapes.ts';
import type { SlackSettings } from '../settings.ts';
import { readable } from './stage.ts';
import { toldAlone } from './told-alone.ts';

interface Place {
  readonly team: string;
  readonly channel: string;
}

const acme: Place = { team: 'T1', channel: 'C1' };
const people: Readonly<Record<Who, Place & { readonly id: string; readonly name: string; readonly role: Role }>> = {
  asker: { ...acme, id: 'U1', name: 'Ann', role: 'member' },
  other: { ...acme, id: 'U2', name: 'Bo', role: 'member' },
  guest: { ...acme, id: 'U3', name: 'Gus', role: 'guest' },
  outsider: { ...acme, id: 'U4', name: 'Olga', role: 'outsider' },
  stranger: { team: 'T2', channel: 'C9', id: 'U9', name: 'Mia', role: 'admin' },
};

export async function startSlackHearing(): Promise<HearingStage> {
  const slack = await startSlackSandbox();
  const there = slackPeople(slack.url);
  const teams = [await there.team('T1', { name: 'Acme' }), await there.team('T2', { name: 'Harbor' })];
  for (const { team, id, name, role } of Object.values(people)) await there.user(team, { id, name, role });
  await there.channel('T1', 'C1', { name: 'general', shared: true });
  await there.channel('T2', 'C9', { name: 'general' });
  await there.tierFactor(1_000_000);
  const settings: SlackSettings = {
    botToken: null,
    signingSecrets: [defaultSigningSecret],
    appToken: null,
    install: null,
    apiUrl: slack.apiUrl,
    seeds: teams.map((team) => installationOf(team)),
    historyEveryMs: 0,
  };
  const formOf = (who: Who) => there.form(people[who].team, people[who].id);

  return {
    settings,
    workspace: 'T1',
    // What cannot be written down is told again at once, so that nobody waits for a minute.
    connect: (url) => there.hook({ url: `${url}/slack/events`, retriesMs: Array.from({ length: 100 }, () => 200) }),
    tell: (how) => there.hook(how),
    async say(who, text, { thread: ref, files = [] } = {}) {
      const { team, channel, id } = people[who];
      const inThread = ref === undefined ? {} : { thread: refs.parse(ref)!.thread };
      const words = ref === undefined ? `@impacter ${text}` : text;
      const { ts, thread } = await there.say(channel, words, { from: id, files, ...inThread });
      return { thread: refs.format({ team, channel, thread }), message: ts };
    },
    async sayTwice(who, text) {
      const { team, channel, id } = people[who];
      await there.hook({ twin: true });
      const { ts } = await there.say(channel, `@impacter ${text}`, { from: id });
      await there.hook({ twin: false });
      const all = await there.messages(channel);
      const gesture = all.find((each) => each.ts === ts)!.clientMsgId;
      return all
        .filter(({ clientMsgId }) => clientMsgId === gesture)
        .map(({ ts: message }) => ({ thread: refs.format({ team, channel, thread: message }), message }));
    },
    edit: (who, { message }, text) => there.edit(people[who].channel, message, `@impacter ${text}`, people[who].id),
    remove: (who, { message }) => there.delete(people[who].channel, message, people[who].id),
    async unconfirmed() {
      const deliveries = await there.deliveries();
      return deliveries.filter(({ status }) => status !== 200).length;
    },
    // Slack waits three seconds for an answer, and tells nothing of this kind twice.
    pressesAreRetold: false,
    press: (who, { message }, choice) => there.press(people[who].channel, message, choice, people[who].id),
    async form(who) {
      const form = await formOf(who);
      return form && Object.fromEntries(form.fields.map(({ block, value }) => [block, value]));
    },
    submit: async (who, values) => there.submit((await formOf(who))!.id, values, people[who].id),
    command: (who, name, text) => there.command(people[who].channel, `${name} ${text}`, people[who].id),
    stopWork: (who, ref) => there.stop(people[who].channel, refs.parse(ref)!.thread, people[who].id),
    loseFile: () => there.nextFile('gone'),
    async posts(ref) {
      const { channel, thread } = refs.parse(ref)!;
      const { messages } = await there.seen(channel, whoIn(channel), { thread, most: 1_000 });
      return messages
        .filter(({ isBot, only, deleted }) => isBot && only === null && !deleted)
        .map(({ ts, blocks, buttons }) => ({ message: ts, text: readable(blocks), choices: buttons.map(({ value }) => value) }));
    },
    async told(who, ref) {
      const { channel, id } = people[who];
      const messages = await toldAlone(there, channel, id, ref === null ? null : refs.parse(ref)!.thread);
      return messages.map(({ blocks, text }) => (blocks.length > 0 ? readable(blocks) : text));
    },
    stop: slack.stop,
  };
}

/** Somebody who may look there. */
function whoIn(channel: string): string {
  return Object.values(people).find((each) => each.channel === channel)!.id;
}
