// The app's commands, and the app itself.

import { isRecord } from '#bots/stand-in/check.ts';
import { botId } from '../bot.ts';
import { complaintsNow } from '../checks/spec.ts';
import { DiscordNo, invalid, type Complaint } from '../no.ts';
import type { World } from '../world.ts';
import { ok, type Call, type Json, type Route } from './route.ts';

const limit = { name: 'commands', most: 10, inMs: 20_000 };
/** How many there may be, by their type: typed, on a person, on a message. */
const most: Readonly<Record<number, number>> = { 1: 100, 2: 15, 3: 15 };
const mostCharacters = 8_000;

export const commandRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/applications/:app/commands',
    as: 'bot',
    limit,
    bind: (call) => () => () => ok(commandsOf(call)),
  },
  {
    method: 'PUT',
    path: '/applications/:app/commands',
    as: 'bot',
    limit,
    bind(call) {
      commandsOf(call);
      return (body) => {
        if (!Array.isArray(body)) throw invalid([{ path: [], code: 'BASE_TYPE_BAD_TYPE', message: 'A list of commands.' }]);
        const given = (body as unknown[]).filter(isRecord);
        const complaints = given.flatMap((command, i) => commandComplaints(command).map((each) => ({ ...each, path: [i, ...each.path] })));
        const all = [...complaints, ...setComplaints(given)];
        if (all.length > 0) throw invalid(all);
        return () => {
          call.world.state.setMeta({ commands: given.map((command) => kept(call.world, command)) });
          return ok(call.world.state.meta().commands);
        };
      };
    },
  },
];

function commandsOf({ world, params }: Call): readonly Json[] {
  if (params['app'] !== botId) throw new DiscordNo(50001);
  return world.state.meta().commands;
}

/** Whatever it was before under this name keeps its id. */
function kept({ state }: World, command: Json): Json {
  const { type = 1, name } = command;
  const before = state.meta().commands.find((each) => each['type'] === type && each['name'] === name);
  return {
    description: '',
    default_member_permissions: null,
    nsfw: false,
    contexts: null,
    integration_types: [0],
    ...command,
    id: before?.['id'] ?? state.nextId(),
    application_id: botId,
    version: state.nextId(),
    type,
  };
}

function commandComplaints(command: Json): Complaint[] {
  const { default_member_permissions: permissions, type = 1, name, description, options } = command;
  // Discord takes it as words too.
  const asNumber = typeof permissions === 'string' && /^\d+$/.test(permissions) ? { default_member_permissions: Number(permissions) } : {};
  const list = Array.isArray(options) ? options.filter(isRecord) : [];
  const optional = list.findIndex((each) => each['required'] !== true);
  return [
    ...complaintsNow()('ApplicationCommandUpdateRequestSchema', { ...command, ...asNumber }),
    ...(type === 1 && !/^[-_'\p{Ll}\p{Lo}\p{N}]{1,32}$/u.test(String(name))
      ? [{ path: ['name'], code: 'APPLICATION_COMMAND_INVALID_NAME', message: 'Command name is invalid' }]
      : []),
    ...(type === 1 && (typeof description !== 'string' || description === '')
      ? [{ path: ['description'], code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }]
      : []),
    ...(type !== 1 && typeof description === 'string' && description !== ''
      ? [{ path: ['description'], code: 'APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED', message: 'Only typed commands have one.' }]
      : []),
    ...(optional >= 0 && list.slice(optional).some((each) => each['required'] === true)
      ? [
          {
            path: ['options'],
            code: 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
            message: 'Required options must be placed before non-required options',
          },
        ]
      : []),
    ...(JSON.stringify([name, description, list]).length > mostCharacters
      ? [{ path: [], code: 'APPLICATION_COMMAND_TOO_LARGE', message: 'Command exceeds maximum size (8000)' }]
      : []),
  ];
}

function setComplaints(commands: readonly Json[]): Complaint[] {
  const typeOf = ({ type = 1 }: Json) => Number(type);
  const names = commands.map((each) => `${typeOf(each)} ${String(each['name'])}`);
  return [
    ...names.flatMap((name, i) =>
      names.indexOf(name) < i
        ? [{ path: [i], code: 'APPLICATION_COMMANDS_DUPLICATE_NAME', message: 'Application command names must be unique' }]
        : [],
    ),
    ...Object.entries(most)
      .filter(([type, count]) => commands.filter((each) => typeOf(each) === Number(type)).length > count)
      .map(() => ({ path: [], code: 'BASE_TYPE_BAD_LENGTH', message: 'Maximum number of application commands reached' })),
  ];
}
