// Whoever meets the app for the first time is told once what it does: by a direct message, when they open theirs with it, or when they
// have installed it.

import { z } from 'zod';
import { sayInstalled } from '#bots/words.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import { renderSlack } from '../draw/render.ts';
import { welcomeKey } from '../keys.ts';
import { quietly } from '../out/poster.ts';
import { postErrorFrom } from '../out/troubles.ts';
import { refs } from '../refs.ts';
import type { SaidDeps } from '../said/deps.ts';
import { speakerOf } from '../said/speaker.ts';

export type WelcomeDeps = Pick<SaidDeps, 'app' | 'brandName' | 'call' | 'directory' | 'clock' | 'forOne' | 'log'>;

const CALL_MS = 5_000;

/**
 * `channel`: their direct messages with us; null where they have to be opened. Never rejects: where it could not be said, it is said when
 * they come the next time.
 */
export async function welcome(
  { app, brandName, call, directory, clock, forOne, log }: WelcomeDeps,
  here: Installation,
  user: string,
  channel: string | null,
  { installed = false }: { readonly installed?: boolean } = {},
): Promise<void> {
  const { externalId: team, name, tokens } = here;
  const newcomer = { platform: 'slack', workspace: team, externalId: user };
  const attempt = <T>(work: (signal: AbortSignal) => Promise<T>) => forOne.patiently(() => work(AbortSignal.timeout(CALL_MS)));
  try {
    const who = await directory.who(team, user);
    if (who.isBot || !(await app.workspaces.mayWelcome(newcomer))) return;
    const to =
      channel ?? openedSchema.parse(await attempt((signal) => call('conversations.open', tokens.bot, { users: user }, signal))).channel.id;
    const at = clock.now();
    const command = {
      key: welcomeKey(team, user, at),
      name: 'help',
      text: '',
      at,
      threadRef: refs.format({ team, channel: to, thread: '' }),
    };
    const { show } = await app.chats.command(speakerOf(here, who), command);
    // Whoever does too much at the moment is told the next time.
    if (show.kind !== 'private') return;
    const reply: Reply = installed ? { ...show.reply, blocks: [...sayInstalled(brandName, name), ...show.reply.blocks] } : show.reply;
    for (const { text, blocks } of renderSlack(reply)) await post(to, { text, blocks });
    await app.workspaces.welcomed(newcomer);
  } catch (error) {
    log.warn({ team, error }, 'welcome not posted');
  }

  /** One that ended without an answer may be there, and is not said twice. */
  function post(to: string, words: object): Promise<void> {
    return attempt(async (signal) => {
      try {
        await call('chat.postMessage', tokens.bot, { channel: to, ...words, ...quietly }, signal);
      } catch (error) {
        if (postErrorFrom(error).kind !== 'unknown') throw error;
      }
    });
  }
}

const openedSchema = z.object({ channel: z.object({ id: z.string() }) });
