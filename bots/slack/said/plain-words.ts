// A message as Slack writes it, in the words that people read: `&lt;`, `<@U1|ann>`, `<https://x.com|x.com>`, `<#C1|general>`.

import { cleanText, shorten } from '#core/domain/text/text.ts';

/** Whether it names the bot, wherever it stands. */
export function mentions(text: string, botUser: string | null): boolean {
  return botUser !== null && patternsOf(botUser).anywhere.test(text);
}

/** Without the mention of the bot that it begins with. */
export function plainWords(text: string, botUser: string | null): string {
  const rest = botUser === null ? text : text.replace(patternsOf(botUser).first, '');
  return unescape(rest.replace(/<([^<>]+)>/g, (_, inner: string) => wordsOf(inner))).trim();
}

const patterns = new Map<string, { readonly anywhere: RegExp; readonly first: RegExp }>();
const PATTERNS_MOST = 1_000;

/** Each message is looked through several times, and there is one bot in a workspace. */
function patternsOf(botUser: string) {
  const known = patterns.get(botUser);
  if (known !== undefined) return known;
  const mention = `<@${botUser}(?:\\|[^>]*)?>`;
  const made = { anywhere: new RegExp(mention), first: new RegExp(`^\\s*(?:${mention}[\\s,:]*)+`) };
  if (patterns.size >= PATTERNS_MOST) patterns.clear();
  patterns.set(botUser, made);
  return made;
}

/** People that are looked up for one message. */
const NAMES_MOST = 5;
const NAME_CHARACTERS = 80;

/** The same with labels for those who are mentioned by their ids alone; whoever cannot be looked up in time gets none. */
export async function withNames(
  text: string,
  botUser: string | null,
  who: (id: string) => Promise<{ readonly name: string }>,
): Promise<string> {
  const ids = [...text.matchAll(/<@([UW][A-Z0-9]+)>/g)].map(([, id]) => id!).filter((id) => id !== botUser);
  const asked = [...new Set(ids)].slice(0, NAMES_MOST);
  const names = new Map(await Promise.all(asked.map(async (id) => [id, await who(id).then(labelOf, () => null)] as const)));
  return text.replace(/<@([UW][A-Z0-9]+)>/g, (mention, id: string) => (names.get(id) ? `<@${id}|${names.get(id)!}>` : mention));
}

function labelOf({ name }: { readonly name: string }): string {
  const plain = cleanText(name).replace(/[<>|]/g, '').replace(/\s+/g, ' ');
  return shorten(plain, NAME_CHARACTERS).replaceAll('&', '&amp;');
}

function wordsOf(inner: string): string {
  const bar = inner.indexOf('|');
  const [target, label] = bar === -1 ? [inner, ''] : [inner.slice(0, bar), inner.slice(bar + 1)];
  if (target.startsWith('@')) return `@${label || target.slice(1)}`;
  if (target.startsWith('#')) return `#${label || target.slice(1)}`;
  // `<!here>`, `<!subteam^S1|@team>`, `<!date^…|Monday>`
  if (target.startsWith('!')) return label || `@${target.slice(1).split('^')[0]!}`;
  const address = target.replace(/^mailto:/, '');
  // Slack writes an address for what only looks like one: “example.com” stays what somebody typed.
  if (label === '' || label === address || address === `http://${label}` || address === `https://${label}`) return label || address;
  return `${label} (${address})`;
}

function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
