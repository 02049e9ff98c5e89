// Which messages may be for us, before anybody is looked up for them. Whatever is let through is judged anew when it is handled.

import { isAside } from '#bots/mute-words.ts';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import type { ChatInbox } from '#core/ports/inbox.ts';
import type { MessageEvent } from '../in/shapes.ts';
import { editKey, messageKey } from '../keys.ts';
import { refs } from '../refs.ts';
import type { SaidDeps } from './deps.ts';
import { plainWords } from './plain-words.ts';
import { editIn, howSaid, mayBeFollowUp, mayBeRequest, meaningOf, removalIn } from './said.ts';

export type Concerned =
  | { readonly kind: 'ours' }
  | { readonly kind: 'removed'; readonly ts: string }
  /** `place`: the ref of its thread. */
  | { readonly kind: 'said' | 'edited'; readonly key: string; readonly place: string; readonly author: string };

/** null: it is not for us. Where something in its thread waits, nobody knows yet whether that thread is ours. */
export async function concerned(
  { rules }: Pick<SaidDeps, 'rules'>,
  here: Installation,
  event: MessageEvent,
  inbox: Pick<ChatInbox, 'waits'>,
): Promise<Concerned | null> {
  const { externalId: team, botUserId } = here;
  const { channel } = event;
  const placeOf = (thread: string) => refs.format({ team, channel, thread });
  const meaning = meaningOf(event, here);
  switch (meaning.kind) {
    case 'ours':
      return { kind: 'ours' };
    case 'said': {
      const { ts, user, text = '', thread_ts: thread } = meaning.event;
      if (isAside(plainWords(text, botUserId))) return null;
      const place = placeOf(thread ?? ts);
      const isForUs =
        howSaid(channel, text, botUserId) !== 'thread' ||
        inbox.waits(place) ||
        (await mayBeFollowUp(rules, team, channel, thread ?? null, ts));
      return isForUs ? { kind: 'said', key: messageKey(team, channel, ts), place, author: user } : null;
    }
    case 'edited': {
      const now = editIn(event);
      if (now === null) return null;
      const place = placeOf(now.thread_ts ?? now.ts);
      if (!inbox.waits(place) && !(await mayBeRequest({ rules }, here, channel, now, event.previous_message))) return null;
      return { kind: 'edited', key: editKey(team, channel, now.ts, now.edited.ts), place, author: now.user };
    }
    case 'removed': {
      const before = removalIn(event);
      if (before === null) return null;
      const place = placeOf(before.thread_ts ?? before.ts);
      const mayBe = inbox.waits(place) || (await mayBeRequest({ rules }, here, channel, before));
      return mayBe ? { kind: 'removed', ts: before.ts } : null;
    }
    case 'nothing':
      return null;
  }
}
