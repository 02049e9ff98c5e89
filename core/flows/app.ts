// What the front doors (bots, HTTP, portal, terminal) may ask of the core: everything they do goes through these verbs, by noun.

import { accountVerbs } from './accounts/verbs.ts';
import { creditVerbs } from './credits/verbs.ts';
import { fileVerbs } from './files/verbs.ts';
import { liveVerbs } from './live/live.ts';
import { messageVerbs } from './messages/verbs.ts';
import { operatorVerbs } from './operator/verbs.ts';
import { privacyVerbs } from './privacy/verbs.ts';
import type { Core } from './runtime/core.ts';
import { taskVerbs } from './tasks/verbs.ts';
import { teamVerbs } from './team/verbs.ts';
import { linkingVerbs } from './workspaces/linking.ts';

export interface App extends ReturnType<typeof allVerbs> {}

/** The verbs, bound to one core. Front doors get them from make-app.ts, with all that holds for every one of them. */
export function allVerbs(core: Core) {
  return {
    tasks: taskVerbs(core),
    messages: messageVerbs(core),
    files: fileVerbs(core),
    credits: creditVerbs(core),
    accounts: accountVerbs(core),
    team: teamVerbs(core),
    workspaces: linkingVerbs(core),
    privacy: privacyVerbs(core),
    live: liveVerbs(core),
    operator: operatorVerbs(core),
  };
}
