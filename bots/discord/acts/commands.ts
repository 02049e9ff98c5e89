// The commands that people see below “/”, and the one on messages. They are the same in every server.

import { createHash } from 'node:crypto';
import { labelOf } from '#bots/change-form.ts';
import { agentTypes } from '#core/domain/tasks/agent-type.ts';
import { placeAnswers, type PlaceAnswers } from '#core/domain/workspaces/place.ts';

/** Of the option `channels` of /setup. */
export const LISTED = 'listed';

export const RUN_ON = 'Run on this';
export const SETUP = 'setup';

/** Kinds of commands, and of their options (docs, Application Commands). */
export const [TYPED, ON_MESSAGE] = [1, 3];
const [TEXT, YES_OR_NO, ROLE, FILE] = [3, 5, 8, 11];

/** Characters that a text of a command may have (docs, Application Command Option Structure). */
const TEXT_MOST = 6_000;

/** Servers and people install the app; commands are there in servers, in direct messages with us, and in those of others. */
const everywhere = { integration_types: [0, 1], contexts: [0, 1, 2] } as const;

export const sayAnswers: Readonly<Record<PlaceAnswers, string>> = {
  mention: 'Mentions, and follow-ups of whoever asked',
  thread: 'Mentions, and everything in its threads',
  always: 'Every message',
};

const file = (n: number) => ({
  type: FILE,
  name: `file${n}`,
  description: n === 1 ? 'A file to work with' : 'Another file to work with',
});

export interface CommandGiven {
  readonly name: string;
  readonly type: number;
  readonly [more: string]: unknown;
}

export function commandSet(brandName: string): readonly CommandGiven[] {
  const shows = (name: string, description: string) => ({
    type: TYPED,
    name,
    description,
    ...everywhere,
  });
  return [
    {
      ...shows('ask', `Send ${short(brandName)} a request`),
      options: [
        {
          type: TEXT,
          name: 'request',
          description: 'What you need, for example: find me 50 leads in Miami',
          required: true,
          max_length: TEXT_MOST,
        },
        {
          type: TEXT,
          name: 'type',
          description: 'The type of task; chosen from your words if you leave it out',
          choices: agentTypes.map((type) => ({ name: labelOf(type), value: type })),
        },
        ...[1, 2, 3].map(file),
        { type: YES_OR_NO, name: 'private', description: 'Answer only to you' },
      ],
    },
    shows('balance', 'Show the credits you can spend'),
    shows('buy', 'Get credits'),
    shows('history', 'Show your last tasks'),
    shows('link', 'Link your account or this server'),
    shows('settings', 'Manage your account and your approval threshold'),
    shows('cancel', 'Cancel your task in this thread, or your newest task'),
    shows('privacy', 'Erase what we know about you'),
    shows('help', 'Show what you can ask for, with examples'),
    {
      type: TYPED,
      name: SETUP,
      description: 'Choose what is answered in this channel, and who can ask where',
      integration_types: [0],
      contexts: [0],
      // MANAGE_GUILD, unless an admin of the server chooses others.
      default_member_permissions: '32',
      options: [
        {
          type: TEXT,
          name: 'answers',
          description: 'Which messages are taken as requests',
          choices: placeAnswers.map((each) => ({ name: sayAnswers[each], value: each })),
        },
        { type: YES_OR_NO, name: 'muted', description: 'Answer only mentions and commands' },
        {
          type: ROLE,
          name: 'role',
          description: 'Also let members with this role ask in this channel; others can no longer',
        },
        { type: YES_OR_NO, name: 'everyone', description: 'Let every member ask in this channel' },
        { type: YES_OR_NO, name: 'listed', description: 'Put this channel on the list of channels where members can ask' },
        {
          type: TEXT,
          name: 'channels',
          description: 'On the whole server: where members can ask',
          choices: [
            { name: 'Every channel', value: 'every' },
            { name: 'Only listed channels', value: LISTED },
          ],
        },
        { type: ROLE, name: 'server_role', description: 'On the whole server: also let members with this role ask; others can no longer' },
        { type: YES_OR_NO, name: 'server_everyone', description: 'On the whole server: let every member ask' },
      ],
    },
    { type: ON_MESSAGE, name: RUN_ON, ...everywhere },
  ];
}

/** Changes whenever what people see does. */
export function hashOf(commands: readonly object[], applicationId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([applicationId, commands]))
    .digest('hex');
}

/** A description has at most 100 characters. */
function short(name: string): string {
  return name.slice(0, 60);
}
