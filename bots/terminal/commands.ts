// What can be said at the prompt besides a request. The words come from where all letters have theirs.

import { didYouMean } from '#core/contracts/did-you-mean.ts';
import { amountOf, credits } from '#core/domain/credits/credits.ts';
import type { Saying } from '#core/domain/messages/letter.ts';
import { replyFor } from '#core/domain/messages/say.ts';
import { approve, begin } from './approval.ts';
import { conversationOf, type Conversation } from './conversation.ts';
import { follow, type Session } from './follow.ts';
import { renderTerminal } from './render.ts';

const commands = {
  '/balance': 'Show your balance',
  '/history': 'Show your last tasks',
  '/approve': 'Start the task that needs approval here',
  '/cancel': 'Cancel the task that runs or waits here',
  '/retry': 'Run the last task of this conversation again',
  '/help': 'Show this list',
  '/quit': 'Quit. Running tasks continue.',
} as const;

export type Command = keyof typeof commands;

/** A command, or what to say about a word that looks like one and is none; null for a request. */
export function readCommand(line: string): Command | { readonly unknown: string } | null {
  const word = /^\/[a-z]+$/i.exec(line.trim())?.[0].toLowerCase();
  if (word === undefined) return null;
  if (Object.hasOwn(commands, word)) return word as Command;
  const meant = didYouMean(word, Object.keys(commands));
  return { unknown: `Unknown command ${word}. ${meant === undefined ? 'Type /help for a list.' : `Did you mean ${meant}?`}` };
}

export async function runCommand(command: Exclude<Command, '/quit'>, session: Session, conversation: Conversation | null): Promise<void> {
  const { client } = session.target;
  switch (command) {
    case '/balance': {
      const { available, inUse } = await client.balance();
      return say(session, { kind: 'balance', available: amountOf(credits(available)), inUse: amountOf(credits(inUse)) });
    }
    case '/history': {
      const tasks = await client.history(10);
      return say(session, {
        kind: 'history',
        tasks: tasks.map(({ id, requestText, status, creditsUsed, createdAt }) => ({
          taskId: id,
          text: requestText,
          status,
          creditsUsed: amountOf(credits(creditsUsed)),
          at: createdAt,
        })),
      });
    }
    case '/approve': {
      const waiting = (await tasksOf(session, conversation)).find(({ status }) => status === 'awaiting_approval');
      if (waiting === undefined) return session.screen.say('No task needs approval here.\n');
      await approve(session, conversation!, waiting);
      return undefined;
    }
    case '/cancel': {
      const running = (await tasksOf(session, conversation)).find(({ over }) => !over);
      if (running === undefined) return say(session, { kind: 'notice', notice: 'nothing-to-stop' });
      await client.cancel(running.id);
      await follow(session, conversation!, running.id);
      return undefined;
    }
    case '/retry': {
      const last = (await tasksOf(session, conversation))[0];
      if (last === undefined) return session.screen.say('No requests here yet.\n');
      const created = await client.retry(last.id, crypto.randomUUID());
      await begin(session, conversation ?? conversationOf(created.conversationId, { client, screen: session.screen }), created);
      return undefined;
    }
    case '/help':
      await say(session, { kind: 'help' });
      return session.screen.say(
        renderTerminal(
          { fallback: '', blocks: [{ kind: 'facts', facts: Object.entries(commands).map(([label, value]) => ({ label, value })) }] },
          session.screen.look(),
        ) + '\n',
      );
    default:
      return command satisfies never;
  }
}

async function say({ target, screen }: Session, saying: Saying): Promise<void> {
  const reply = replyFor(saying, { portalUrl: null, linkFor: () => target.url, now: new Date(), brandName: 'Impacter' });
  screen.say(`${renderTerminal(reply, screen.look())}\n`);
}

async function tasksOf({ target }: Session, conversation: Conversation | null) {
  if (conversation === null) return [];
  return (await target.client.history(50)).filter(({ conversationId }) => conversationId === conversation.id);
}
