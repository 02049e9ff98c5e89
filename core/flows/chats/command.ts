// A command of the platform, such as /impacter balance. Whatever concerns one person is shown to that person alone.

import { commandSchema, parseChat, speakerSchema, type Command, type CommandInput, type SpeakerInput } from '#core/contracts/chats.ts';
import type { Core } from '../runtime/core.ts';
import { patienceFor, type Wait } from '../runtime/patience.ts';
import { decided, privately, type Answered } from './answer.ts';
import { decideOnce, placeOf, type Deciding, type Outcome } from './decide.ts';
import { hearMessage } from './hear.ts';
import { readCommands, type ReadCommand } from './offers.ts';
import { ownLiveIn, stopAll } from './stop.ts';

/**
 * `name`: ask, balance, buy, history, link, help, settings, privacy, cancel or stop; what we don't know is answered with help. Rejects
 * as `hear` does.
 */
export async function command(core: Core, speakerInput: SpeakerInput, commandInput: CommandInput, wait: Wait = 0): Promise<Answered> {
  const speaker = parseChat(speakerSchema, speakerInput);
  const given = parseChat(commandSchema, commandInput);
  const key = `command:${given.key}`;
  const name = given.name.toLowerCase();
  const patience = patienceFor(core, wait);
  if (name === 'ask' && (given.text.trim() !== '' || given.files.length > 0))
    return hearMessage(core, speaker, { ...given, key, how: 'command' }, patience);
  const channel = placeOf(speaker, given);
  const answered = await decideOnce(
    core,
    { speaker, key, verb: 'chats.command', channel, direct: given.direct, patience },
    async (deciding) => (name === 'cancel' || name === 'stop' ? cancelOwn(deciding, given) : shows(isRead(name) ? name : 'help')),
  );
  if (answered.did !== 'command.help' || name === 'help' || name === 'ask' || name === '') return answered;
  // Only shown: what is stored of a command has no words of people.
  const unknown = `${given.name} ${given.text}`.trim();
  return { ...answered, show: privately(core, { kind: 'help', platform: speaker.platform, unknown }) };
}

function isRead(name: string): name is ReadCommand {
  return (readCommands as readonly string[]).includes(name);
}

function shows(name: ReadCommand): Outcome {
  return decided(`command.${name}`, null, { kind: 'command', name });
}

/** What they asked for in this thread; where a command has no thread, their newest task that is not over. */
async function cancelOwn(deciding: Deciding, { threadRef, at }: Command): Promise<Outcome> {
  const { core, seen } = deciding;
  const { chats } = core.store;
  if (threadRef.endsWith(':')) {
    const newest = seen.payer === null ? null : await chats.newestLiveOf(seen, seen.payer.teamId, at);
    return stopAll(deciding, newest === null ? [] : [newest]);
  }
  return stopAll(deciding, await ownLiveIn(deciding, threadRef, at));
}
