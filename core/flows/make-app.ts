import { isRefusal, refuse } from '#core/domain/refusal.ts';
import type { App } from './app.ts';
import { cancel, retry } from './control.ts';
import type { Core } from './core.ts';
import { gauges, health } from './health.ts';
import { balance, conversation, cursor, events, history, letters, showTask } from './history.ts';
import { isUnavailable, takeAsk } from './intake.ts';
import { keepInput } from './keep-input.ts';
import { openLink } from './links.ts';
import { deliveryVerbs } from './undelivered.ts';

/** The verbs, bound to one core. A database that is away is said as the refusal that people understand. */
export function makeApp(core: Core): App {
  return {
    ask: (input) => plainly(takeAsk(core, input)),
    cancel: (actor, taskId) => plainly(cancel(core, actor, taskId)),
    retry: (actor, taskId, key) => plainly(retry(core, actor, taskId, key)),
    task: (actor, taskId) => plainly(showTask(core, actor, taskId)),
    history: (actor, page) => plainly(history(core, actor, page)),
    balance: (actor) => plainly(balance(core, actor)),
    conversation: (actor, conversationId) => plainly(conversation(core, actor, conversationId)),
    letters: (actor, conversationId, after) => plainly(letters(core, actor, conversationId, after)),
    events: (actor, from, signal) => events(core, actor, from, signal),
    cursor: () => plainly(cursor(core)),
    keepInput: (actor, file, body) => plainly(keepInput(core, actor, file, body)),
    openLink: (token, actor) => plainly(openLink(core, token, actor)),
    actorByKey: (key) => plainly(core.store.people.holderOf(key)),
    health: () => health(core),
    gauges: () => gauges(core),
    ...allPlainly(deliveryVerbs(core)),
  };
}

/** A section of verbs, each said plainly. */
function allPlainly<Verbs extends object>(verbs: Verbs): Verbs {
  return Object.fromEntries(
    Object.entries(verbs).map(([name, verb]) => [
      name,
      (...given: unknown[]) => plainly((verb as (...given: unknown[]) => Promise<unknown>)(...given)),
    ]),
  ) as Verbs;
}

async function plainly<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isUnavailable(error) && !isRefusal(error)) throw Object.assign(refuse('database.unavailable'), { cause: error });
    throw error;
  }
}
