// Where something is answered that was asked for without a message of its own.

import { z } from 'zod';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import type { SlashCommand } from '../in/shapes.ts';
import type { SaidDeps } from '../said/deps.ts';

/** For all that Slack is asked before the command is written down: the core needs its part of three seconds too. */
const CALLS_MS = 1_200;
/** A part of it, so that a direct message can be opened where Slack does not say in time whether we are in the channel. */
const INFO_MS = 600;

/** The channel, or the direct message where we are not in it. Never the person's id: an echo could not be told from another's. */
export async function answeredIn(
  { call }: Pick<SaidDeps, 'call'>,
  { tokens }: Installation,
  { channel_id: channel, user_id: users }: Pick<SlashCommand, 'channel_id' | 'user_id'>,
): Promise<string> {
  const signal = AbortSignal.timeout(CALLS_MS);
  const infoSignal = AbortSignal.any([signal, AbortSignal.timeout(INFO_MS)]);
  const info = await call('conversations.info', tokens.bot, { channel }, infoSignal).catch(() => null);
  const about = infoSchema.safeParse(info).data?.channel;
  if (about?.is_member === true || (about?.is_im === true && channel.startsWith('D'))) return channel;
  return openedSchema.parse(await call('conversations.open', tokens.bot, { users }, signal)).channel.id;
}

const infoSchema = z.object({ channel: z.object({ is_member: z.boolean().optional(), is_im: z.boolean().optional() }) });
const openedSchema = z.object({ channel: z.object({ id: z.string() }) });
