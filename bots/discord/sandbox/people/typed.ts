// What people type, with names for ids: `@impacter`, `@Ann`, `@role` and `@everyone`.

import { botId, botName } from '../bot.ts';
import type { Message } from '../shapes.ts';
import type { State } from '../state.ts';

export function typed(state: State, guild: string | null, text: string): string {
  const names = namesIn(state, guild);
  return text.replaceAll(/(?<![\w<&])@([\p{L}\p{N}_.-]+)/gu, (all, name: string) => names.get(name.toLowerCase()) ?? all);
}

export function untyped(state: State, guild: string | null, text: string): string {
  const names = new Map([...namesIn(state, guild)].map(([name, mention]) => [mention, name]));
  return text.replaceAll(/<@!?&?\d{17,20}>/g, (mention) => {
    const name = names.get(mention.replace('!', ''));
    return name === undefined ? mention : `@${name}`;
  });
}

function namesIn(state: State, guild: string | null): Map<string, string> {
  const word = (name: string) => name.toLowerCase().replaceAll(' ', '.');
  const people = [...state.all('people').values()].map(({ id, name }): [string, string] => [word(name), `<@${id}>`]);
  const roles = [...state.all('roles').values()]
    .filter((role) => role.guild === guild && role.id !== guild)
    .map(({ id, name }): [string, string] => [word(name), `<@&${id}>`]);
  return new Map([...roles, ...people, [botName, `<@${botId}>`]]);
}

export function mentionsOf(
  state: State,
  guild: string | null,
  content: string,
): Pick<Message, 'mentions' | 'mentionRoles' | 'mentionEveryone'> {
  const found = (pattern: RegExp) => [...new Set([...content.matchAll(pattern)].map(([, id]) => id!))];
  return {
    mentions: found(/<@!?(\d{17,20})>/g).filter((id) => id === botId || state.get('people', id) !== undefined),
    mentionRoles: found(/<@&(\d{17,20})>/g).filter((id) => state.get('roles', `${guild}/${id}`) !== undefined),
    mentionEveryone: /@(everyone|here)\b/.test(content),
  };
}
