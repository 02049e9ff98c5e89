import { isRefusal, refuse } from '#core/domain/refusals/refusal.ts';
import { isUnavailable } from '#core/store/database/outage.ts';
import type { App } from './app.ts';
import { accountVerbs } from './accounts/accounts.ts';
import { cancel, retry } from './tasks/control.ts';
import type { Core } from './runtime/core.ts';
import { gauges, health } from './operator/health.ts';
import { balance, conversation, history, letters, showTask } from './tasks/history.ts';
import { takeAsk } from './tasks/intake.ts';
import { keepInput } from './tasks/keep-input.ts';
import { openLink } from './files/links.ts';
import { patienceFor } from './runtime/patience.ts';
import { withinRates } from './runtime/rates.ts';
import { withSensitiveActs } from './runtime/sensitive-acts.ts';
import { creditVerbs } from './credits/credits.ts';
import { fileVerbs } from './files/file-acts.ts';
import { custodyVerbs } from './privacy/custody.ts';
import { liveVerbs } from './live/live.ts';
import { loginVerbs } from './accounts/logins.ts';
import { teamVerbs } from './team/team.ts';
import { ownKeyVerbs } from './accounts/own-keys.ts';
import { operatorAccessVerbs } from './operator/operate-access.ts';
import { operatorVerbs } from './operator/operate.ts';
import { startingCreditVerbs } from './credits/starting-credits.ts';
import { deliveryVerbs } from './messages/undelivered.ts';
import { workVerbs } from './tasks/work.ts';

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
