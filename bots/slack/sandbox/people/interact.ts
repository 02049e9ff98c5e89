// What every interaction carries, and how the app's answer to it is taken. Slack tells it once: who does not answer within three
// seconds has not got it, and the person is told so.

import { isRecord } from '../checks/check.ts';
import { contentsOf } from '../checks/contents.ts';
import { jsonIn } from '#bots/stand-in/body.ts';
import { PeopleNo } from '#bots/stand-in/people.ts';
import { ours } from '../api/chat.ts';
import { newHandle } from '../handles.ts';
import { SlackNo } from '../no.ts';
import type { Channel, Handle, Team, User } from '../shapes.ts';
import type { Answer } from '../tell/teller.ts';
import { tellMessage } from '../tell/messages.ts';
import { appId } from '../wire.ts';
import type { World } from '../world.ts';

export function sharedFields(team: Team, user: User): Readonly<Record<string, unknown>> {
  const name = user.name.toLowerCase();
  return {
    user: { id: user.id, username: name, name, team_id: user.homeTeam },
    team: { id: team.id, domain: team.domain },
    enterprise: null,
    is_enterprise_install: false,
    api_app_id: appId,
    token: 'sandbox',
  };
}

export async function interact({ teller }: World, payload: object): Promise<unknown> {
  return answerIn(await teller.form({ payload: JSON.stringify(payload) }));
}

/** What a 200 said: JSON, words, or undefined for nothing. */
export function answerIn({ status, body }: Answer): unknown {
  if (status === null) throw new PeopleNo('operation_timeout');
  if (status !== 200) throw new PeopleNo('dispatch_failed');
  return body === '' ? undefined : (jsonIn(body) ?? body);
}

export function triggerFor(world: World, about: Pick<Handle, 'team' | 'user'>): string {
  return newHandle(world.state, 'triggers', { channel: null, thread: null, message: null, ...about }, world.clock.now().getTime());
}

export function responseUrlFor(world: World, about: Pick<Handle, 'team' | 'user' | 'channel' | 'thread' | 'message'>): string {
  return `${world.url()}/actions/${newHandle(world.state, 'responses', about, world.clock.now().getTime())}`;
}

/** Shows what the app answered to a command, or sent to a response_url. Throws SlackNo for what Slack does not take. */
export function respond(world: World, about: Pick<Handle, 'team' | 'user' | 'channel' | 'thread' | 'message'>, answer: unknown): void {
  const given = typeof answer === 'string' ? { text: answer } : answer;
  if (!isRecord(given)) throw new SlackNo('invalid_payload');
  const { state } = world;
  const team = state.get('teams', about.team)!;
  const channel = state.get('channels', about.channel ?? '') as Channel;
  const original = about.message === null ? undefined : state.message(channel.id, about.message);
  if (given['delete_original'] === true && original !== undefined) return void state.keep({ ...original, deleted: true });
  const { text, blocks } = contentsOf({
    ...(typeof given['text'] === 'string' && { text: given['text'] }),
    ...(given['blocks'] !== undefined && { blocks: given['blocks'] }),
  });
  if (given['replace_original'] === true && original !== undefined) return void state.keep({ ...original, text, blocks: blocks ?? [] });
  const isForAll = given['response_type'] === 'in_channel';
  const thread = typeof given['thread_ts'] === 'string' ? given['thread_ts'] : about.thread;
  const said = ours({ world, team }, channel, { text, blocks: blocks ?? [], thread });
  const message = state.keep({ ...said, only: isForAll ? null : about.user });
  if (isForAll) tellMessage(world, message);
}
