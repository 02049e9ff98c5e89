// A command was given. Its answer is for whoever gave it alone; what is asked for is answered in a conversation.

import { isAgentType } from '#core/domain/tasks/agent-type.ts';
import { asks, coordinates } from './ask.ts';
import type { Answer, Doing, InteractionDoor, WaitOf } from './answer.ts';
import { RUN_ON, SETUP } from './commands.ts';
import type { ActsDeps } from './deps.ts';
import { uploaded } from './files.ts';
import { askedIn, givenIn, type Here } from './place.ts';
import { opensRunOn } from './forms/run-on.ts';
import { setsUp } from './setup/setup.ts';
import type { Given } from './shapes.ts';
import { sayCanceled, sayFailed, sayTooMany } from './words.ts';

export function given(deps: ActsDeps, here: Here, made: Given, door: InteractionDoor): Doing {
  const { name, options = [], resolved } = made.data;
  if (name === RUN_ON) return { does: () => opensRunOn(deps, here, made) };
  if (name === SETUP) return { does: () => setsUp(deps, here, made) };
  if (name !== 'ask') return { does: (wait) => shows(deps, here, name, door, wait) };
  const option = (wanted: string) => options.find((each) => each.name === wanted)?.value;
  const type = String(option('type') ?? '');
  const files = ['file1', 'file2', 'file3'].flatMap((each) => option(each) ?? []);
  const wanted = {
    text: String(option('request') ?? ''),
    files: uploaded(resolved, files.map(String)),
    type: isAgentType(type) ? type : undefined,
    threadRef: askedIn(here, door.id, option('private') === true),
  };
  return asks(deps, here, door, wanted);
}

/** Balance, history and the like, and what ends tasks. */
async function shows(deps: ActsDeps, here: Here, name: string, door: InteractionDoor, wait: WaitOf): Promise<Answer> {
  try {
    const command = { ...coordinates(here, door), name, text: '', threadRef: givenIn(here) };
    const { show, outcome } = await deps.app.chats.command(here.speaker, command, wait());
    if (show.kind === 'private') return { kind: 'private', reply: show.reply };
    return { kind: 'private', reply: outcome === 'too-many' ? sayTooMany : sayCanceled };
  } catch (error) {
    deps.log.warn({ interactionId: door.id, error }, 'command not taken');
    return { kind: 'private', reply: sayFailed(error, true) };
  }
}
