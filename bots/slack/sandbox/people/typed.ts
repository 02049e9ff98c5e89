// What people type, as Slack sends it on: `&`, `<` and `>` escaped, mentions and addresses in angle brackets, and the same again
// as rich_text.

import type { Block } from '../shapes.ts';

/** `names` are the ids of everybody who can be mentioned, by name in lower case. */
export function typed(text: string, names: ReadonlyMap<string, string>): string {
  return text
    .split(/(<[@#!][^<>]{1,100}>)/)
    .map((piece, i) => (i % 2 === 1 ? piece : withAddresses(withMentions(escape(piece), names))))
    .join('');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What somebody typed, from what Slack made of it. */
export function untyped(text: string, names: ReadonlyMap<string, string>): string {
  const byId = new Map([...names].map(([name, id]) => [id, name]));
  return text
    .replace(/<@([A-Z0-9]+)(?:\|[^>]*)?>/g, (_, id: string) => `@${byId.get(id) ?? id}`)
    .replace(/<([a-z]+:[^>|]+)(?:\|[^>]*)?>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function withMentions(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(/(?<![\w@/])@([\w.-]{1,80}\w|\w)/g, (all, name: string) => {
    const id = names.get(name.toLowerCase());
    return id === undefined ? all : `<@${id}>`;
  });
}

function withAddresses(text: string): string {
  return text.replace(/(?<![<|@\w])https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)]/g, '<$&>');
}

/** The rich_text that comes with every message of a person. */
export function richTextOf(ts: string, text: string): Block[] {
  if (text === '') return [];
  const elements = text
    .split(/(<[^<>]+>)/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const mention = /^<@([A-Z0-9]+)/.exec(piece);
      if (mention !== null) return { type: 'user', user_id: mention[1] };
      const link = /^<([a-z]+:[^>|]+)/.exec(piece);
      if (link !== null) return { type: 'link', url: untyped(link[1]!, new Map()) };
      return { type: 'text', text: untyped(piece, new Map()) };
    });
  return [{ type: 'rich_text', block_id: `p${ts.slice(-6)}`, elements: [{ type: 'rich_text_section', elements }] }];
}
