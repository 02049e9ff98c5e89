import { isRefusal, refuse } from '#core/domain/refusal.ts';
import { isUnavailable } from '#core/store/outage.ts';
import type { App } from './app.ts';
import { accountVerbs } from './accounts.ts';
import { cancel, retry } from './control.ts';
import type { Core } from './core.ts';
import { gauges, health } from './health.ts';
import { balance, conversation, history, letters, showTask } from './history.ts';
import { takeAsk } from './intake.ts';
import { keepInput } from './keep-input.ts';
import { openLink } from './links.ts';
import { patienceFor } from './patience.ts';
import { withinRates } from './rates.ts';
import { withSensitiveActs } from './sensitive-acts.ts';
import { creditVerbs } from './credits.ts';
import { fileVerbs } from './file-acts.ts';
import { custodyVerbs } from './custody.ts';
import { liveVerbs } from './live.ts';
import { loginVerbs } from './logins.ts';
import { teamVerbs } from './team.ts';
import { ownKeyVerbs } from './own-keys.ts';
import { operatorAccessVerbs } from './operate-access.ts';
import { operatorVerbs } from './operate.ts';
import { startingCreditVerbs } from './starting-credits.ts';
import { deliveryVerbs } from './undelivered.ts';
import { workVerbs } from './work.ts';

/** The verbs, bound to one core. */
export function makeApp(core: Core): App {
  const verbs: App = {
    ask: (input, waitedMs) => takeAsk(core, input, patienceFor(core, waitedMs)),
    cancel: (actor, taskId) => cancel(core, actor, taskId),
    retry: (actor, taskId, key, waitedMs) => retry(core, actor, taskId, key, waitedMs),
    task: (actor, taskId) => showTask(core, actor, taskId),
    history: (actor, page) => history(core, actor, page),
    balance: (actor) => balance(core, actor),
    conversation: (actor, conversationId) => conversation(core, actor, conversationId),
    letters: (actor, conversationId, after) => letters(core, actor, conversationId, after),
    keepInput: (actor, file, body) => keepInput(core, actor, file, body),
    openLink: (token, actor) => openLink(core, token, actor),
    health: () => health(core),
    gauges: () => gauges(core),
    ...liveVerbs(core),
    ...deliveryVerbs(core),
    ...loginVerbs(core),
    ...custodyVerbs(core),
    ...creditVerbs(core),
    ...startingCreditVerbs(core),
    ...accountVerbs(core),
    ...ownKeyVerbs(core),
    ...teamVerbs(core),
    ...operatorVerbs(core),
    ...operatorAccessVerbs(core),
    ...workVerbs(core),
    ...fileVerbs(core),
  };
  return inPlainWords(withSensitiveActs(core, withinRates(core.rates, verbs)));
}

/** A database that is away is said as the refusal that people understand, whatever was asked. */
function inPlainWords<Verbs extends object>(verbs: Verbs): Verbs {
  const wrapped = Object.entries(verbs).map(([name, verb]: [string, (...given: unknown[]) => unknown]) => [
    name,
    (...given: unknown[]) => {
      const answer = verb(...given);
      return answer instanceof Promise ? answer.catch(explain) : answer;
    },
  ]);
  return Object.fromEntries(wrapped) as Verbs;
}

function explain(error: unknown): never {
  if (isUnavailable(error) && !isRefusal(error)) throw Object.assign(refuse('database.unavailable'), { cause: error });
  throw error;
}
