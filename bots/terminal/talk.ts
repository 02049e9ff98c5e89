// The prompt: requests follow one another in one conversation.

import { Refused, Unreachable } from './client/client.ts';
import { readCommand, runCommand } from './commands.ts';
import type { Conversation } from './conversation.ts';
import type { Session } from './follow.ts';
import { paint } from './screen/look.ts';
import type { Options } from './options.ts';
import { readPrompt } from './screen/prompt.ts';
import { request } from './request.ts';
import { sayNo } from './no.ts';

export async function talk(session: Session, { type, files }: Pick<Options, 'type' | 'files'>, begun: Conversation | null): Promise<void> {
  const { screen, target } = session;
  const history: string[] = [];
  let conversation = begun;
  let filesToSend = files;
  screen.say('What do you need done? Type /help for a list of commands, or /quit to leave.\n');

  for (;;) {
    const line = await readPrompt(screen.lives, history, paint(screen.look(), 'cyan', '› '));
    if (line === null) return screen.say('');
    const command = readCommand(line);
    if (command === '/quit') return;
    if (line.trim() === '') continue;
    screen.say('');
    try {
      // What ended since the last prompt was not seen yet.
      await conversation?.showNew();
      if (command === null) {
        const ended = await request(
          session,
          { text: line, files: filesToSend, key: crypto.randomUUID(), ...(type !== undefined && { type }) },
          conversation,
        );
        conversation = ended.conversation;
        filesToSend = [];
      } else if (typeof command === 'object') screen.say(`${command.unknown}\n`);
      else await runCommand(command, session, conversation);
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error;
      sayNo(screen, target.url, error);
    }
  }
}
