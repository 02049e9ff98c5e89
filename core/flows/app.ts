// What the front doors (bots, HTTP, portal, terminal) may ask of the core: everything they do goes through these verbs, by noun.

import { accountVerbs } from './accounts/verbs.ts';
import { billingVerbs } from './billing/verbs.ts';
import { chatVerbs } from './chats/verbs.ts';
import { creditVerbs } from './credits/verbs.ts';
import { fileVerbs } from './files/verbs.ts';
import { liveVerbs } from './live/live.ts';
import { messageVerbs } from './messages/verbs.ts';
import { operatorVerbs } from './operator/verbs.ts';
import { privacyVerbs } from './privacy/verbs.ts';
import type { Core } from './runtime/core.ts';
import { taskVerbs } from './tasks/verbs.ts';
import { teamVerbs } from './team/verbs.ts';
import { workspaceVerbs } from './workspaces/linking.ts';

/** A front door takes the nouns that it needs of it: `Pick<App, 'tasks' | 'files'>`. */
export interface App extends ReturnType<typeof allVerbs> {}

/** The verbs, bound to one core. Front doors get them from make-app.ts, with all that holds for every one of them. */
export function allVerbs(core: Core) {
  return {
    /** Asks for work, says what it would cost, shows it, stops it, asks for it again. */
    tasks: taskVerbs(core),
    /** What people say, press, type, edit and remove in chats: each is judged once, and its answer says how it is shown. */
    chats: chatVerbs(core),
    /** Shows what was said in a conversation, and sends again what could not be posted. */
    messages: messageVerbs(core),
    /** Takes files in, opens them, follows links to them, ends those links, deletes files. */
    files: fileVerbs(core),
    /** Shows balance, use, journal and statements, and sets limits. Moves no credits. */
    credits: creditVerbs(core),
    /** Sells credits for money, and hears of payments. */
    billing: billingVerbs(core),
    /** Who is logged in and in which team they act; their profile, sessions, and keys in all teams. */
    accounts: accountVerbs(core),
    /** The actor's team: people and roles, invitations, API keys, the audit log. Makes new teams. */
    team: teamVerbs(core),
    /** Links accounts and workspaces of chat platforms to people and teams. */
    workspaces: workspaceVerbs(core),
    /** How long data is kept, taking it along, and having a team, an account or a chat account deleted. */
    privacy: privacyVerbs(core),
    /** What happens, as it happens. */
    live: liveVerbs(core),
    /** For those who run the product: all teams and queues, credits for a team, stopping what must be stopped; health and metrics. */
    operator: operatorVerbs(core),
  };
}
