// Whoever meets the app for the first time is told once what it does: by a direct message, when they open theirs with it, or when they
// have installed it.

import { z } from 'zod';
import { sayInstalled } from '#bots/words.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import { renderSlack } from '../draw/render.ts';
import { welcomeKey } from '../keys.ts';
import { quietly } from '../out/poster.ts';
import { refs } from '../refs.ts';
import type { SaidDeps } from '../said/deps.ts';
import { speakerOf } from '../said/speaker.ts';

export type WelcomeDeps = Pick<SaidDeps, 'app' | 'brandName' | 'call' | 'directory' | 'clock' | 'forOne' | 'log'>;

const CALL_MS = 5_000;

/** `channel`: their direct messages with us; null where they have to be opened. Never rejects. */
export async function welcome(
  { app, brandName, call, directory, clock, forOne, log }: WelcomeDeps,
  here: Installation,
  user: string,
  channel: string | null,
  { installed = false }: { readonly installed?: boolean } = {},
): Promise<void> {
  const { externalId: team, name, tokens } = here;
  const attempt = <T>(work: (signal: AbortSignal) => Promise<T>) => forOne.patiently(() => work(AbortSignal.timeout(CALL_MS)));
  try {
    const who = await directory.who(team, user);
    if (who.isBot) return;
    const to =
      channel ?? openedSchema.parse(await attempt((signal) => call('conversations.open', tokens.bot, { users: user }, signal))).channel.id;
    const command = {
      key: welcomeKey(team, user),
      name: 'help',
      text: '',
      at: clock.now(),
      threadRef: refs.format({ team, channel: to, thread: '' }),
    };
    const { show, outcome, repeated } = await app.chats.command(speakerOf(here, who), command);
    // Told once; whoever does too much at the moment is told the next time.
    if (repeated || outcome !== 'decision' || show.kind !== 'private') return;
    const reply: Reply = installed ? { ...show.reply, blocks: [...sayInstalled(brandName, name), ...show.reply.blocks] } : show.reply;
    for (const { text, blocks } of renderSlack(reply))
      // One that ended without an answer may be there, and is not said twice.
      await call('chat.postMessage', tokens.bot, { channel: to, text, blocks, ...quietly }, AbortSignal.timeout(CALL_MS));
  } catch (error) {
    log.warn({ team, error }, 'welcome not posted');
  }
}

const openedSchema = z.object({ channel: z.object({ id: z.string() }) });
