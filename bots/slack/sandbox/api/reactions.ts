// Reactions of the bot's.

import { SlackNo } from '../no.ts';
import type { Message, Reaction } from '../shapes.ts';
import { args, method, ts, word, type Call } from './method.ts';
import { channelOf, messageOf } from './places.ts';

const schema = args({ channel: word, timestamp: ts, name: word });
type Given = Call<{ channel: string; timestamp: string; name: string }>;
const shared = { scopes: ['reactions:write'], tier: 3, json: true, schema } as const;

const add = method({
  ...shared,
  bind(call) {
    const { message, mine, others, name, users } = reactionOf(call);
    if (mine) throw new SlackNo('already_reacted');
    return change(call, message, [...others, { name, users: [...users, call.team.botUser] }]);
  },
});

const remove = method({
  ...shared,
  bind(call) {
    const { message, mine, others, name, users } = reactionOf(call);
    if (!mine) throw new SlackNo('no_reaction');
    const left = users.filter((user) => user !== call.team.botUser);
    return change(call, message, [...others, ...(left.length > 0 ? [{ name, users: left }] : [])]);
  },
});

export const reactionMethods = { 'reactions.add': add, 'reactions.remove': remove };

function reactionOf(call: Given) {
  const { args: given, team } = call;
  const channel = channelOf(call, given.channel);
  if (channel.archived) throw new SlackNo('is_archived');
  if (!/^[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?$/.test(given.name)) throw new SlackNo('invalid_name');
  const message = messageOf(call, channel, given.timestamp);
  const users = message.reactions.find(({ name }) => name === given.name)?.users ?? [];
  const others = message.reactions.filter(({ name }) => name !== given.name);
  return { message, name: given.name, users, others, mine: users.includes(team.botUser) };
}

function change({ world }: Given, message: Message, reactions: readonly Reaction[]): () => object {
  return () => {
    world.state.keep({ ...message, reactions });
    return { ok: true };
  };
}
