// Watches one task to its end. Leaving is always possible and never loses the task; cancelling takes a word of the person.

import { Refused, Unreachable } from './client/client.ts';
import type { Conversation } from './conversation.ts';
import { listenToKeys, type Key } from './screen/keys.ts';
import { lifeOf } from './client/life.ts';
import { paint } from './screen/look.ts';
import { sayNo } from './no.ts';
import { patiently, type Patience } from './client/patience.ts';
import { progressFrom } from './screen/progress.ts';
import type { LiveLine, Screen } from './screen/screen.ts';
import type { Target } from './client/target.ts';

export interface Session {
  readonly target: Target;
  readonly screen: Screen;
  /** Where keys come from; null where nobody can be asked anything while a task runs. */
  readonly input: NodeJS.ReadStream | null;
  /** Asks the person and gives what they typed, null when they leave instead; null where nobody can be asked. */
  readonly question: ((words: string) => Promise<string | null>) | null;
  /** Tasks that need approval are approved without a question (`--yes`). */
  readonly yes: boolean;
}

/** `left`: nobody watches any more, and the task goes on. `waiting`: it needs approval, and was not started. */
export type End = 'done' | 'not-done' | 'left' | 'waiting';

const giveUpMs = 30_000;
const pauseMs = 500;
const choices = ['c: cancel it', 'Ctrl-C: leave it running', 'any other key: keep watching'];

export async function follow(session: Session, conversation: Conversation, taskId: string): Promise<End> {
  const { target, screen, input } = session;
  const patience = patienceOf(session);
  const leaving = new AbortController();
  const progress = progressFrom(Date.now());
  let asked = false;

  const draw = () => screen.live([...progress.lines(screen.look(), Date.now()), ...(asked ? hints(screen) : [])]);
  const stopListening = listenToKeys(input, (key) => {
    const wish = wishOf(key, asked, input !== null);
    asked = wish === 'choose';
    if (wish === 'leave') return leaving.abort();
    if (wish === 'cancel') void cancel(session, taskId);
    draw();
  });
  const ticking = setInterval(draw, 1000);
  try {
    await patiently(patience, () => conversation.showNew());
    draw();
    for await (const event of lifeOf(target.client, taskId, patience, leaving.signal)) {
      progress.see(event);
      draw();
      if (event.kind !== 'completed' && event.kind !== 'failed' && event.kind !== 'canceled') continue;
      screen.rest();
      screen.say('');
      await patiently(patience, () => conversation.showNew());
      return event.kind === 'completed' ? 'done' : 'not-done';
    }
  } catch (error) {
    if (!(error instanceof Unreachable) && !(error instanceof Refused)) throw error;
    screen.rest();
    sayNo(screen, target.url, error);
  } finally {
    clearInterval(ticking);
    stopListening();
    screen.rest();
  }
  sayLeft(session, conversation);
  return 'left';
}

function sayLeft({ target, screen }: Session, { id }: Conversation): void {
  const goesOn = target.startedByUs ? 'The task continues when the product runs again.' : 'The task keeps running.';
  screen.say(`\n${goesOn} To see the result:\n  npm run ask -- --continue ${id}\n`);
}

/** How long we try to come back to a product that went away, and what we say meanwhile. */
export function patienceOf({ screen }: Pick<Session, 'screen'>): Patience {
  return {
    giveUpMs,
    pauseMs,
    onLost: () => screen.say(paint(screen.look(), 'yellow', '  Connection lost. Reconnecting…')),
    onBack: () => screen.say(paint(screen.look(), 'dim', '  Connected again.')),
  };
}

/** What a key means. Where no keys can be read, nobody can be asked, so an interrupt leaves. */
function wishOf(key: Key, asked: boolean, canChoose: boolean): 'choose' | 'leave' | 'cancel' | 'watch' {
  if (key === 'hang-up') return 'leave';
  if (key === 'interrupt') return asked || !canChoose ? 'leave' : 'choose';
  return asked && key.letter.toLowerCase() === 'c' ? 'cancel' : 'watch';
}

async function cancel({ target, screen }: Session, taskId: string): Promise<void> {
  try {
    await patiently(patienceOf({ screen }), () => target.client.cancel(taskId));
  } catch (error) {
    // It was over in the meantime: its own last letter says more.
    if (!(error instanceof Refused)) screen.say('The task could not be reached, so it was not canceled.');
  }
}

function hints(screen: Screen): LiveLine[] {
  return choices.map((choice) => ({ text: `  ${choice}`, paint: (text) => paint(screen.look(), 'bold', text), fleeting: true }));
}
