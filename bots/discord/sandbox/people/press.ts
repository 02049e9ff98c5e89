// What people press, and the commands that they give.

import { z } from 'zod';
import { isRecord } from '#bots/stand-in/check.ts';
import { everyPiece } from '../checks/components.ts';
import { begin } from '../interactions/begin.ts';
import { inChannel, may } from '../permissions.ts';
import { attachMost, keepFile } from '../rest/compose.ts';
import type { Channel } from '../shapes.ts';
import { wireRole, wireUser } from '../wire.ts';
import { wireFile, wireMessage } from '../wire-message.ts';
import type { World } from '../world.ts';
import { act, channelOf, fileOf, id, messageOf, PeopleNo, personIn } from './act.ts';
import { untyped } from './typed.ts';

/** As Discord numbers the types of components. */
const BUTTON = 2;

/** `late`: by somebody who still sees the post as it was before an edit. */
const press = act(
  z.strictObject({ message: id, customId: z.string().min(1).max(100), from: id, late: z.boolean().optional() }),
  async (world, { message: where, customId, from, late }) => {
    const message = messageOf(world, where);
    const channel = channelOf(world, message.channel);
    personIn(world, channel, from);
    if (message.only !== null && message.only !== from) throw new PeopleNo('message_not_found');
    const button =
      everyPiece(message.components)
        .map(({ piece }) => piece)
        .find((piece) => piece['custom_id'] === customId) ?? (late === true ? { type: BUTTON, id: 1 } : undefined);
    if (button === undefined || button['disabled'] === true) throw new PeopleNo('no_such_button');
    const came = message.interaction === null ? undefined : world.state.get('interactions', message.interaction);
    const interaction = await begin(world, {
      kind: 'component',
      user: from,
      channel,
      message,
      isUserInstall: came?.isUserInstall ?? false,
      name: null,
      data: { custom_id: customId, component_type: button['type'], id: button['id'] },
    });
    return { interaction: interaction.id };
  },
);

const option = z.union([
  z.strictObject({ option: z.string().max(32), value: z.union([z.string().max(6_000), z.boolean()]) }),
  z.strictObject({ option: z.string().max(32), name: z.string(), mime: z.string(), base64: z.base64() }),
]);
const install = z.enum(['guild', 'user']).optional();
type Given = z.output<typeof option>;

const command = act(
  z.strictObject({ channel: id, name: z.string().min(1).max(32), options: z.array(option).max(25), from: id, install }),
  async (world, { channel: where, name, options, from, install: how }) => {
    const channel = channelOf(world, where);
    personIn(world, channel, from);
    const found = commandOf(world, channel, from, (each) => each['name'] === name && each['type'] === 1);
    const attachments: Record<string, unknown> = {};
    const given = options.map((each) => optionOf(world, channel, found, each, attachments));
    const roles = Object.fromEntries(
      given.flatMap(({ type, value }) => (type === ROLE ? [[value, roleIn(world, channel, String(value))]] : [])),
    );
    const resolved = { ...(Object.keys(attachments).length > 0 && { attachments }), ...(Object.keys(roles).length > 0 && { roles }) };
    const missing = optionsOf(found).find((each) => each['required'] === true && !options.some((one) => one.option === each['name']));
    if (missing !== undefined) throw new PeopleNo('option_required');
    const interaction = await begin(world, {
      kind: 'command',
      user: from,
      channel,
      message: null,
      isUserInstall: isUserInstall(world, channel, from, how),
      name,
      data: {
        id: found['id'],
        name,
        type: 1,
        ...(given.length > 0 && { options: given }),
        ...(Object.keys(resolved).length > 0 && { resolved }),
      },
    });
    return { interaction: interaction.id };
  },
);

const runOn = act(z.strictObject({ message: id, from: id, install }), async (world, { message: where, from, install: how }) => {
  const message = messageOf(world, where);
  const channel = channelOf(world, message.channel);
  personIn(world, channel, from);
  const found = commandOf(world, channel, from, (each) => each['type'] === 3);
  const name = String(found['name']);
  const interaction = await begin(world, {
    kind: 'command',
    user: from,
    channel,
    message: null,
    isUserInstall: isUserInstall(world, channel, from, how),
    name,
    // All of it, with the intent for content or without.
    data: {
      id: found['id'],
      name,
      type: 3,
      target_id: message.id,
      resolved: { messages: { [message.id]: wireMessage(world, message) }, users: { [message.author]: wireUser(world, message.author) } },
    },
  });
  return { interaction: interaction.id };
});

const commands = act(z.strictObject({}), ({ state }) => state.meta().commands);

export const pressActs = { press, command, runOn, commands };

type Json = Readonly<Record<string, unknown>>;

/** A command that this person is offered there. */
function commandOf({ state }: World, channel: Channel, user: string, is: (command: Json) => boolean): Json {
  const found = state.meta().commands.find(is);
  if (found === undefined) throw new PeopleNo('no_such_command');
  const needed = found['default_member_permissions'];
  if (channel.guild === null && needed !== null && found['contexts'] === null && found['dm_permission'] === false)
    throw new PeopleNo('no_such_command');
  if (channel.guild !== null && needed !== null && needed !== undefined && !may(inChannel(state, channel, user), BigInt(needed as string)))
    throw new PeopleNo('not_permitted');
  const context = channel.guild !== null ? 0 : channel.people.length === 1 ? 1 : 2;
  const { contexts } = found;
  if (Array.isArray(contexts) && !contexts.includes(context)) throw new PeopleNo('no_such_command');
  return found;
}

/** The app is there for the server, or for this person alone. */
function isUserInstall({ state }: World, channel: Channel, user: string, how: 'guild' | 'user' | undefined): boolean {
  const has = state.meta().installs.includes(user);
  const isThere = channel.guild === null ? channel.people.length === 1 : state.get('guilds', channel.guild)?.bot === true;
  const asUser = how === undefined ? !isThere : how === 'user';
  if (asUser && !has) throw new PeopleNo('app_not_installed');
  return asUser;
}

function optionsOf(command: Json): Json[] {
  return Array.isArray(command['options']) ? command['options'].filter(isRecord) : [];
}

/** Kind of an option (docs, Application Command Option Type). */
const ROLE = 8;

function roleIn({ state }: World, { guild }: Channel, role: string): object {
  const found = state.get('roles', `${guild}/${role}`);
  if (found === undefined) throw new PeopleNo('no_such_option');
  return wireRole(found);
}

interface Sent {
  readonly name: string;
  readonly type: unknown;
  readonly value: unknown;
}

function optionOf(world: World, channel: Channel, command: Json, given: Given, attachments: Record<string, unknown>): Sent {
  const declared = optionsOf(command).find((each) => each['name'] === given.option);
  if (declared === undefined) throw new PeopleNo('no_such_option');
  const { type, max_length: most = 6_000, min_length: least = 0, choices } = declared;
  if ('base64' in given) {
    if (type !== 11) throw new PeopleNo('no_such_option');
    const file = fileOf(given);
    if (file.bytes.length > attachMost(world, channel.guild)) throw new PeopleNo('file_too_large');
    const kept = keepFile(world, channel.id, file);
    attachments[kept] = wireFile(world, world.state.get('attachments', kept)!);
    return { name: given.option, type, value: kept };
  }
  const { value } = given;
  if (typeof value === 'boolean') {
    if (type !== 5) throw new PeopleNo('no_such_option');
    return { name: given.option, type, value };
  }
  if (value.length > Number(most) || value.length < Number(least)) throw new PeopleNo('field_too_long');
  if (Array.isArray(choices) && !choices.filter(isRecord).some((each) => each['value'] === value)) throw new PeopleNo('no_such_option');
  if (type === 4 || type === 10) return { name: given.option, type, value: Number(value) };
  return { name: given.option, type, value: untyped(world.state, channel.guild, value) };
}
