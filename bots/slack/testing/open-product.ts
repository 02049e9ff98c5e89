// The stage of a product that speaks in Slack, with what tests of its own words look at.

import { createHmac } from 'node:crypto';
import { newId } from '#core/domain/ids.ts';
import { firstSaying, tasksIn } from '#core/testing/stages/chat-stage.ts';
import { openSlackStage, type SlackOptions, type SlackStage } from '#core/testing/stages/slack-stage.ts';
import { refs } from '../refs.ts';
import { defaultSigningSecret } from '../sandbox/server.ts';
import { readable } from './stage.ts';
import { toldAlone } from './told-alone.ts';

export interface SlackProduct extends Omit<SlackStage, 'answers' | 'say'> {
  /** Ann says something in #general, and mentions us where it begins a thread. Gives the ts of the thread. */
  say(text: string, more?: { thread?: string; from?: string }): Promise<string>;
  /** Statuses of the tasks of a thread of T1, oldest first. */
  tasks(thread: string, channel?: string): Promise<string[]>;
  /** What everybody sees of us in a thread, oldest first: each post as it looks now. */
  answers(thread: string, channel?: string): Promise<string[]>;
  /** Resolves with the first answer that says this. */
  answer(thread: string, words: RegExp, channel?: string): Promise<string>;
  /** What this person alone sees of a request, in its thread or below it; null: in the channel. */
  told(who: string, thread: string | null): Promise<string[]>;
  /** Tells a product a body, as Slack would. Gives the status. */
  tell(url: string, body: object): Promise<number>;
  /** An envelope of T1. */
  envelope(event: object, more?: object): object;
}

export async function openProduct(options: SlackOptions = {}): Promise<SlackProduct> {
  const stage = await openSlackStage(options);
  const { people, core } = stage;
  const answers: SlackProduct['answers'] = async (thread, channel = 'C1') =>
    (await people.messages(channel, thread)).filter(({ isBot }) => isBot).map(({ blocks }) => readable(blocks));
  return {
    ...stage,
    answers,
    async say(text, { thread, from = 'U1' } = {}) {
      const words = thread === undefined ? `@impacter ${text}` : text;
      return (await people.say('C1', words, { from, ...(thread !== undefined && { thread }) })).thread;
    },
    async tasks(thread, channel = 'C1') {
      return (await tasksIn(core, refs.format({ team: 'T1', channel, thread }))).map(({ status }) => status);
    },
    answer: (thread, words, channel = 'C1') => firstSaying(() => answers(thread, channel), words),
    async told(who, thread) {
      return (await toldAlone(people, 'C1', who, thread)).map(({ blocks, text }) => (blocks.length > 0 ? readable(blocks) : text));
    },
    async tell(url, body) {
      const [time, text] = [String(Math.floor(core.clock.now().getTime() / 1000)), JSON.stringify(body)];
      const signature = createHmac('sha256', defaultSigningSecret).update(`v0:${time}:${text}`).digest('hex');
      const headers = { 'Content-Type': 'application/json', 'X-Slack-Request-Timestamp': time, 'X-Slack-Signature': `v0=${signature}` };
      const response = await fetch(`${url}/slack/events`, { method: 'POST', body: text, headers });
      await response.arrayBuffer();
      return response.status;
    },
    envelope: (event, more = {}) => ({
      type: 'event_callback',
      team_id: 'T1',
      event_id: `Ev${newId()}`,
      authorizations: [{ enterprise_id: null, team_id: 'T1', is_bot: true }],
      event,
      ...more,
    }),
  };
}
