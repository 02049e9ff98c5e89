// `/impacter`. Slack never tells a command again, and shows the answer to it only to whoever gave it. What is asked for begins a thread
// in the channel, or in the direct message where the bot is not in the channel.

import { z } from 'zod';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import { renderSlack } from '../draw/render.ts';
import type { SlashCommand } from '../in/shapes.ts';
import type { WaitOf } from '../in/wait.ts';
import { channelOf, commandKey } from '../keys.ts';
import { refs } from '../refs.ts';
import type { SaidDeps } from '../said/deps.ts';
import { speakerOf } from '../said/speaker.ts';
import { sayNotTaken, sayWhere } from './words.ts';

/** What the acknowledgement holds. */
export interface Ephemeral {
  readonly response_type: 'ephemeral';
  readonly text: string;
  readonly blocks?: ReturnType<typeof renderSlack>[number]['blocks'];
}

/** Both are asked before the command is written down, within three seconds. */
const CALL_MS = 800;

/** Never rejects. */
export async function slashCommand(deps: SaidDeps, here: Installation, given: SlashCommand, wait: WaitOf): Promise<Ephemeral> {
  const { app, directory, clock, brandName, log } = deps;
  const team = here.externalId;
  try {
    const [name = 'help', text = ''] = split(given.text);
    const who = await directory.who(team, given.user_id);
    const channel = name === 'ask' && text !== '' ? await answeredIn(deps, here, given) : given.channel_id;
    const command = {
      key: commandKey(team, given.trigger_id),
      name,
      text,
      at: clock.now(),
      threadRef: refs.format({ team, channel, thread: '' }),
      channel: channelOf(team, channel),
    };
    const { show } = await app.chats.command(speakerOf(here, who), command, wait());
    if (show.kind === 'private') return { response_type: 'ephemeral', ...renderSlack(show.reply)[0]! };
    return { response_type: 'ephemeral', text: sayWhere(channel !== given.channel_id, brandName) };
  } catch (error) {
    log.warn({ team, error }, 'command not taken');
    return { response_type: 'ephemeral', ...renderSlack(sayNotTaken)[0]! };
  }
}

function split(text: string): [string, string] | [] {
  const [, name, rest] = /^\s*(\S+)\s*([^]*)$/.exec(text) ?? [];
  return name === undefined ? [] : [name.toLowerCase(), rest!.trim()];
}

/** The channel, or the direct message where we are not in it. Never the person's id: an echo could not be told from another's. */
async function answeredIn(
  { call }: SaidDeps,
  { tokens }: Installation,
  { channel_id: channel, user_id: users }: SlashCommand,
): Promise<string> {
  const info = await call('conversations.info', tokens.bot, { channel }, AbortSignal.timeout(CALL_MS)).catch(() => null);
  const about = infoSchema.safeParse(info).data?.channel;
  if (about?.is_member === true || (about?.is_im === true && channel.startsWith('D'))) return channel;
  return openedSchema.parse(await call('conversations.open', tokens.bot, { users }, AbortSignal.timeout(CALL_MS))).channel.id;
}

const infoSchema = z.object({ channel: z.object({ is_member: z.boolean().optional(), is_im: z.boolean().optional() }) });
const openedSchema = z.object({ channel: z.object({ id: z.string() }) });
