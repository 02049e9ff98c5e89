// Tells the app of a command, a press or a form: by HTTP where it has an address for that, else by the gateway. It is told once.

import { randomBytes } from 'node:crypto';
import { isRecord } from '#bots/stand-in/check.ts';
import { jsonIn } from '#bots/stand-in/body.ts';
import { PeopleNo } from '#bots/stand-in/people.ts';
import { botId } from '../bot.ts';
import { complaintsOf } from '../checks/spec.ts';
import { DiscordNo } from '../no.ts';
import { bits, inChannel, usual } from '../permissions.ts';
import { attachMost } from '../rest/compose.ts';
import type { Channel, Interaction, InteractionKind, Message } from '../shapes.ts';
import { wireChannel, wireMember, wireUser } from '../wire.ts';
import { wireMessage } from '../wire-message.ts';
import type { World } from '../world.ts';
import { answerWith } from './answer-with.ts';

export interface Begun {
  readonly kind: InteractionKind;
  readonly user: string;
  readonly channel: Channel;
  readonly message: Message | null;
  readonly isUserInstall: boolean;
  readonly name: string | null;
  /** What is particular to its kind. */
  readonly data: object;
}

const types: Readonly<Record<InteractionKind, number>> = { command: 2, component: 3, form: 5 };
/** What an app may do where it is there for one person alone. */
const asGuest = bits.AttachFiles | bits.EmbedLinks | bits.UseExternalEmojis;

/** Resolves once the app has answered in time; rejects with a PeopleNo where it has not. */
export async function begin(world: World, begun: Begun): Promise<Interaction> {
  const { state, clock } = world;
  const { kind, user, channel, message, isUserInstall, name } = begun;
  const interaction: Interaction = {
    id: state.nextId(),
    token: randomBytes(48).toString('base64url'),
    kind,
    user,
    channel: channel.id,
    guild: channel.guild,
    message: message?.id ?? null,
    atMs: clock.now().getTime(),
    state: 'open',
    isEphemeral: false,
    original: null,
    followUps: 0,
    isUserInstall,
    name,
  };
  state.put('interactions', interaction.id, interaction);
  const answered = world.waiting.for(interaction.id);
  const url = state.meta().interactionsUrl;
  const body = wireInteraction(world, interaction, begun);
  if (url === null) world.gateway.tell({ t: 'INTERACTION_CREATE', d: body, intent: 0, guild: channel.guild, once: true });
  else await overHttp(world, interaction, url, body);
  if (!(await answered)) throw new PeopleNo('did_not_respond');
  return state.get('interactions', interaction.id)!;
}

async function overHttp(world: World, interaction: Interaction, url: string, body: object): Promise<void> {
  const answer = await world.tell.post(url, JSON.stringify(body));
  // It answers by the address for callbacks.
  if (answer.status === 202 || answer.status === 204) return;
  const given = jsonIn(answer.body);
  if (answer.status !== 200 || !isRecord(given)) throw new PeopleNo('interaction_failed');
  const complain = await complaintsOf();
  try {
    answerWith(world, world.state.get('interactions', interaction.id)!, given, [], complain)();
  } catch (error) {
    if (!(error instanceof DiscordNo)) throw error;
    throw new PeopleNo(`interaction_failed: ${error.code} ${error.message} ${JSON.stringify(error.more)}`);
  }
}

function wireInteraction(world: World, interaction: Interaction, { data, channel, message }: Begun): object {
  const { state } = world;
  const { id, token, kind, user, isUserInstall } = interaction;
  const { guild } = channel;
  const isBotThere = guild === null ? channel.people.length === 1 : state.get('guilds', guild)?.bot === true;
  const permissions = String(inChannel(state, channel, user));
  const appPermissions = String(guild === null ? usual : isBotThere ? inChannel(state, channel, botId) : asGuest);
  const member = guild === null ? undefined : state.get('members', `${guild}/${user}`);
  return {
    id,
    application_id: botId,
    type: types[kind],
    token,
    version: 1,
    data,
    ...(guild !== null && { guild_id: guild, guild: { id: guild, locale: 'en-US', features: [] }, guild_locale: 'en-US' }),
    channel_id: channel.id,
    channel: { ...wireChannel(world, channel), ...(guild !== null && { permissions, app_permissions: appPermissions }) },
    ...(member === undefined ? { user: wireUser(world, user) } : { member: { ...wireMember(world, member, true), permissions } }),
    ...(message !== null && { message: wireMessage(world, message) }),
    app_permissions: appPermissions,
    locale: 'en-US',
    entitlements: [],
    authorizing_integration_owners: isUserInstall ? { 1: user } : { 0: guild ?? '0' },
    context: guild !== null ? 0 : isBotThere ? 1 : 2,
    attachment_size_limit: attachMost(world, guild),
  };
}
