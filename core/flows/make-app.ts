// Puts around every verb what holds for all of them: rates, confirmations, the security log, and words for a database that is
// away.

import { isRefusal, refuse } from '#core/domain/refusals/refusal.ts';
import { isUnavailable } from '#core/store/database/outage.ts';
import { allVerbs, type App } from './app.ts';
import type { Core } from './runtime/core.ts';
import { eachVerb } from './runtime/each-verb.ts';
import { withinRates } from './runtime/rates.ts';
import { withSensitiveActs } from './runtime/sensitive-acts.ts';

/** The verbs, bound to one core, with all that holds for every one of them. */
export function makeApp(core: Core): App {
  return inPlainWords(withSensitiveActs(core, withinRates(core.rates, allVerbs(core))));
}

/** A database that is away is said as the refusal that people understand, whatever was asked. */
function inPlainWords(app: App): App {
  return eachVerb(app, (_name, verb) => (...given) => {
    const answer = verb(...given);
    return answer instanceof Promise ? answer.catch(explain) : answer;
  });
}

function explain(error: unknown): never {
  if (isUnavailable(error) && !isRefusal(error)) throw Object.assign(refuse('database.unavailable'), { cause: error });
  throw error;
}
