// App Home: a page of Slack that each person has with the app. It is drawn anew each time that they open it.

import { sayFailed } from '#bots/words.ts';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import type { Joined, Opened } from '../in/shapes.ts';
import type { WaitOf } from '../in/wait.ts';
import { commandKey } from '../keys.ts';
import type { SaidDeps } from '../said/deps.ts';
import { speakerOf } from '../said/speaker.ts';
import { blocksOf, sayingModal } from './modal.ts';
import { welcome } from './welcome.ts';

const CALL_MS = 5_000;
/** Slack opens a form within three seconds of the press. */
const OPEN_MS = 2_000;

/** In the background: nothing of it is kept, and whoever opens it again is shown it anew. */
export function appOpened(deps: SaidDeps, here: Installation, { user, channel, tab }: Opened): void {
  if (tab === 'home') deps.forOne.attempt(publishHome(deps, here, user));
  if (tab === 'messages') deps.forOne.attempt(welcome(deps, here, user, channel ?? null));
}

/** Where a workspace has the app by its settings, nobody installs it: whoever invites it to a channel is who begins to use it. */
export function appInvited(deps: SaidDeps, here: Installation, { user, inviter }: Joined): void {
  if (user === here.botUserId && inviter !== undefined) deps.forOne.attempt(welcome(deps, here, inviter, null, { installed: true }));
}

async function publishHome({ app, call, directory, forOne, log }: SaidDeps, here: Installation, user: string): Promise<void> {
  try {
    const who = await directory.who(here.externalId, user);
    if (who.isBot) return;
    const shown = await app.chats.home(speakerOf(here, who));
    if (shown === null) return;
    const args = { user_id: user, view: { type: 'home', blocks: blocksOf(shown) } };
    await forOne.patiently(() => call('views.publish', here.tokens.bot, args, AbortSignal.timeout(CALL_MS)));
  } catch (error) {
    log.warn({ team: here.externalId, error }, 'home tab not shown');
  }
}

/** A home tab is no place to answer in, so what concerns one person is shown in front of it. Never rejects. */
export async function showLinks(
  deps: SaidDeps,
  here: Installation,
  { user, trigger, at }: { readonly user: string; readonly trigger: string; readonly at: Date },
  wait: WaitOf,
): Promise<void> {
  const { app, call, directory, forOne, log } = deps;
  const team = here.externalId;
  const open = (reply: Reply) =>
    call('views.open', here.tokens.bot, { trigger_id: trigger, view: sayingModal('Link account', reply) }, AbortSignal.timeout(OPEN_MS));
  let isSent = false;
  try {
    const who = await directory.who(team, user);
    isSent = true;
    const command = { key: commandKey(team, trigger), name: 'link', text: '', at, threadRef: `slack:${team}:home:` };
    const { show } = await app.chats.command(speakerOf(here, who), command, wait());
    if (show.kind === 'private') forOne.attempt(open(show.reply).catch(notOpened));
  } catch (error) {
    log.warn({ team, error }, 'links not shown');
    forOne.attempt(open(sayFailed(error, isSent)).catch(notOpened));
  }

  function notOpened(error: unknown): void {
    log.warn({ team, error }, 'form not opened');
  }
}
