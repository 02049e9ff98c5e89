// `/impacter`. Slack never tells a command again, and shows the answer to it only to whoever gave it. What is asked for begins a thread
// in the channel, or in the direct message where the bot is not in the channel.

import { sayCanceled, sayFailed, sayTooMany, sayWhere } from '#bots/words.ts';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import type { Answered } from '#core/flows/chats/answer.ts';
import { renderSlack } from '../draw/render.ts';
import type { SlashCommand } from '../in/shapes.ts';
import type { WaitOf } from '../in/wait.ts';
import { channelOf, commandKey } from '../keys.ts';
import { refs } from '../refs.ts';
import type { SaidDeps } from '../said/deps.ts';
import { plainWords } from '../said/plain-words.ts';
import { speakerOf } from '../said/speaker.ts';
import { answeredIn } from './answered-in.ts';

/** What the acknowledgement holds. */
export interface Ephemeral {
  readonly response_type: 'ephemeral';
  readonly text: string;
  readonly blocks?: ReturnType<typeof renderSlack>[number]['blocks'];
}

/** Never rejects. */
export async function slashCommand(deps: SaidDeps, here: Installation, given: SlashCommand, wait: WaitOf): Promise<Ephemeral> {
  const { app, directory, names, forOne, clock, brandName, log } = deps;
  const team = here.externalId;
  let isSent = false;
  try {
    const [name = 'help', text = ''] = split(plainWords(given.text, null));
    const isRequest = name.toLowerCase() === 'ask' && text !== '';
    const [who, channel] = await Promise.all([
      directory.who(team, given.user_id),
      isRequest ? answeredIn(deps, here, given) : given.channel_id,
    ]);
    const command = {
      key: commandKey(team, given.trigger_id),
      name,
      text,
      at: clock.now(),
      threadRef: refs.format({ team, channel, thread: '' }),
      channel: channelOf(team, channel),
      direct: channel.startsWith('D'),
    };
    isSent = true;
    const { show, outcome, refused } = await app.chats.command(speakerOf(here, who), command, wait());
    if (refused?.code === 'place.not-allowed') forOne.attempt(names.seen(here, channel, who.name));
    if (show.kind === 'private') return { response_type: 'ephemeral', ...renderSlack(show.reply)[0]! };
    return { response_type: 'ephemeral', text: wordsFor(outcome) ?? sayWhere(channel !== given.channel_id, brandName) };
  } catch (error) {
    log.warn({ team, error }, 'command not taken');
    return { response_type: 'ephemeral', ...renderSlack(sayFailed(error, isSent))[0]! };
  }
}

/** What is said where nothing is shown to one person; null where posts in a thread follow. */
function wordsFor(outcome: Answered['outcome']): string | null {
  if (outcome === 'too-many') return sayTooMany;
  return outcome === 'decision' ? sayCanceled : null;
}

function split(text: string): [string, string] | [] {
  const [, name, rest] = /^\s*(\S+)\s*([^]*)$/.exec(text) ?? [];
  return name === undefined ? [] : [name, rest!.trim()];
}
