// Somebody pressed a button of ours. Slack never tells it again, so whatever comes of it is acknowledged, and said.

import { sayAlready, sayFailed } from '#bots/words.ts';
import { LINK } from '#core/domain/messages/home.ts';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import type { Pressed } from '../in/shapes.ts';
import type { WaitOf } from '../in/wait.ts';
import { atOf, pressKey } from '../keys.ts';
import { refs } from '../refs.ts';
import type { SaidDeps } from '../said/deps.ts';
import type { Recipient } from '../said/private.ts';
import { speakerOf } from '../said/speaker.ts';
import { letterKeyOf, offers, showVerdict, verdictOn } from './decided.ts';
import { openForm } from './form.ts';
import { showLinks } from './home.ts';

/** What makes work begin. */
const begins: ReadonlySet<string> = new Set(['approved', 'retried']);

/** Resolves once the outcome is committed, or was said to have failed. Never rejects. */
export async function pressed(deps: SaidDeps, here: Installation, press: Pressed, wait: WaitOf): Promise<void> {
  const { app, directory, forOne, status, log } = deps;
  const { user, container, message, trigger_id: trigger } = press;
  const [{ value: choice, action_ts: actionTs }] = press.actions as [Pressed['actions'][number]];
  const channel = press.channel?.id ?? container.channel_id;
  const thread = message?.thread_ts ?? container.thread_ts ?? message?.ts ?? container.message_ts;
  // A button that opens a page is told too.
  if (choice === undefined) return;
  if (choice === LINK && channel === undefined && trigger !== undefined)
    return showLinks(deps, here, { user: user.id, trigger, at: atOf(actionTs) }, wait);
  if (channel === undefined || thread === undefined) return;
  const team = here.externalId;
  const to: Recipient = { team, channel, thread: message?.thread_ts ?? container.thread_ts ?? null, user: user.id };
  let isSent = false;
  const key = pressKey(team, channel, actionTs, user.id);
  try {
    const threadRef = refs.format({ team, channel, thread });
    const letterKey = letterKeyOf(message?.blocks[0]?.block_id);
    const who = await directory.who(team, user.id);
    const given = { key, choice, threadRef, direct: channel.startsWith('D'), at: atOf(actionTs), ...(letterKey !== null && { letterKey }) };
    isSent = true;
    const answered = await app.chats.act(speakerOf(here, who), given, wait());
    const { show, did, repeated } = answered;
    // Where an edit is seen late, a button is pressed that is not there any more.
    const already = did === null || (message !== undefined && offers(message, choice)) ? undefined : sayAlready[did];
    if (already !== undefined && show.kind !== 'private') return forOne.tell(key, to, already);
    if (did !== null && begins.has(did) && !repeated) status.working(threadRef, user.id, null);
    if (show.kind === 'form') return openForm(deps, here, { trigger, to, choice, threadRef, post: message ?? null }, show.form);
    // Whoever changes their mind was thanked before.
    forOne.show(
      did?.startsWith('feedback.') === true ? `feedback:${team}:${channel}:${message?.ts ?? actionTs}:${user.id}` : key,
      to,
      show,
    );
    const verdict = verdictOn(choice, answered, who.name);
    if (message !== undefined && verdict !== null) showVerdict(deps, here, channel, message, verdict);
  } catch (error) {
    log.warn({ team, error }, 'press not taken');
    forOne.tell(`${key}:failed`, to, sayFailed(error, isSent));
  }
}
