// How a channel and its server are set up, in words.

import type { Block, Reply } from '#core/domain/messages/reply.ts';
import type { PlaceRules } from '#core/domain/workspaces/place.ts';
import { sayAnswers } from '../commands.ts';

interface Rules {
  readonly channel: PlaceRules;
  readonly server: PlaceRules;
  /** Names of listed channels that everybody sees; not more than a few. */
  readonly open: readonly string[];
}

export function sayRules(name: string | null, { channel, server, open }: Rules): Reply {
  const here = [
    { label: 'Answers', value: sayAnswers[channel.answers] },
    { label: 'Muted', value: channel.muted ? 'Yes' : 'No' },
    { label: 'Can ask', value: sayWho(channel.roles.length > 0 ? channel : server) },
    ...(server.onlyListed || channel.open ? [{ label: 'Listed', value: channel.open ? 'Yes' : 'No' }] : []),
  ];
  const everywhere = [
    { label: 'Channels', value: server.onlyListed ? sayListed(open) : 'Members can ask in every channel' },
    { label: 'Can ask', value: sayWho(server) },
  ];
  const title = `Setup of ${name ?? 'this channel'}`;
  const isNowhere = server.onlyListed && open.length === 0 && !channel.open;
  const blocks: Block[] = [
    { kind: 'heading', text: title, tone: 'plain' },
    { kind: 'facts', facts: here },
    { kind: 'heading', text: 'The whole server', tone: 'plain' },
    { kind: 'facts', facts: everywhere },
    ...(isNowhere ? [prose('To list a channel, use /setup listed:True there. Until then, nobody can ask on this server.')] : []),
    prose('To link this server to a team, use /link.'),
  ];
  const lines = [...here, ...everywhere].map(({ label, value }) => `${label}: ${value}`).join('. ');
  return { fallback: `${title}. ${lines}.`, blocks };
}

function sayWho({ roles, roleNames }: PlaceRules): string {
  if (roles.length === 0) return 'Everyone';
  const names = roles.flatMap((role) => roleNames[role] ?? []);
  if (names.length < roles.length) return `Members with ${roles.length === 1 ? 'the chosen role' : `one of ${roles.length} roles`}`;
  return `Members with ${roles.length === 1 ? 'the role' : 'one of the roles'} ${names.join(', ')}`;
}

function sayListed(open: readonly string[]): string {
  return open.length === 0
    ? 'Only in listed channels; none that everyone can see is listed'
    : `Only in listed channels, such as ${open.join(', ')}`;
}

function prose(text: string): Block {
  return { kind: 'prose', text, from: 'us' };
}
