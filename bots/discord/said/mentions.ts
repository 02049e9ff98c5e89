// Whom a message names, and its words as people read them: `<@1>`, `<@&2>`, `<#3>`, `<:smile:4>`, `<t:1700000000:R>`, `</ask:5>`.

import { cleanText, shorten } from '#core/domain/text/text.ts';
import type { DiscordMessage } from './shapes.ts';

export interface Us {
  /** Our user. */
  readonly me: string;
  /** Roles that we have in this server: whoever mentions one of them speaks to us. */
  readonly roles: readonly string[];
}

type Named = Pick<DiscordMessage, 'mentions' | 'mention_roles'>;

/** Also where a reply to our message pings us. `@everyone` names nobody. */
export function namesUs({ mentions }: Pick<Named, 'mentions'>, { me }: Pick<Us, 'me'>): boolean {
  return mentions.some(({ id }) => id === me);
}

export function namesOurRole({ mention_roles: named }: Pick<Named, 'mention_roles'>, { roles }: Pick<Us, 'roles'>): boolean {
  return named.some((role) => roles.includes(role));
}

const NAME_CHARACTERS = 80;

/** Without the mention of us that it begins with, and with names for those who are mentioned. */
export function plainWords(content: string, mentions: DiscordMessage['mentions'], { me, roles }: Us): string {
  const ours = [`<@!?${me}>`, ...roles.map((role) => `<@&${role}>`)].join('|');
  const rest = content.replace(new RegExp(`^\\s*(?:(?:${ours})[\\s,:]*)+`), '');
  const names = new Map(mentions.map((each) => [each.id, nameOf(each)]));
  return rest
    .replace(/<@!?(\d{17,20})>/g, (mention, id: string) => (names.has(id) ? `@${names.get(id)!}` : mention))
    .replace(/<@&\d{17,20}>/g, '@role')
    .replace(/<#\d{17,20}>/g, '#channel')
    .replace(/<a?(:\w{1,40}:)\d{17,20}>/g, '$1')
    .replace(/<(\/[^:<>\n]{1,100}):\d{17,20}>/g, '$1')
    .replace(/<t:(-?\d{1,13})(?::[a-zA-Z])?>/g, (time, seconds: string) => timeOf(Number(seconds)) ?? time)
    .trim();
}

function nameOf({ id, username, global_name: global, member }: DiscordMessage['mentions'][number]): string {
  const name = [member?.nick, global, username].find((each) => each?.trim()) ?? id;
  return shorten(cleanText(name).replace(/[<>]/g, '').replace(/\s+/g, ' '), NAME_CHARACTERS);
}

/** null for a time that no calendar has. */
function timeOf(seconds: number): string | null {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? null : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
