// A message that is for us, and whose text Discord keeps from us: it mentions a role of ours, or replies to the answer of a command.
// Nothing is asked of the core: its person is offered a form.

import { messageKey } from '../keys.ts';
import { atOf } from '../snowflake.ts';
import type { SaidDeps } from './deps.ts';
import type { SaidMessage } from './message.ts';
import { recipientOf } from './recipient.ts';
import { sayHiddenText } from './words.ts';

/** Whoever was not answered by then has asked in another way. */
const STALE_MS = 5 * 60_000;

/** One post in so many ms in a channel: whoever mentions a role a hundred times is not answered a hundred times. */
const EVERY_MS = 5_000;

type Deps = Pick<SaidDeps, 'forOne' | 'brandName' | 'budgets' | 'clock'>;

export async function sayHidden({ forOne, brandName, budgets, clock }: Deps, said: SaidMessage): Promise<void> {
  const { message } = said;
  if (atOf(message.id).getTime() < clock.now().getTime() - STALE_MS) return;
  if ((await budgets.take(`discord:hidden/${message.channel_id}`, EVERY_MS)) !== null) return;
  forOne.reply(messageKey(message.id), recipientOf(said), sayHiddenText(brandName));
}
