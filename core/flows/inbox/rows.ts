// The rows of events: written where an event has no outcome yet, and removed once it has one.

import type { ChatEvent } from '#core/ports/inbox.ts';
import type { InboxRow } from '#core/store/inbox/inbox.ts';
import type { Core } from '../runtime/core.ts';
import type { Held } from './held.ts';

/** Above what an adapter reads of one request. */
const BODY_CHARACTERS = 1_000_000;

export interface Rows {
  readonly owner: string;
  /** Of all that is stored and not handled, in this process. */
  characters(): number;
  /** Rejects where it could not be stored; may then be called again. */
  write(one: Held): Promise<'kept' | 'known'>;
  /** Its content need not be counted any more. */
  forget(one: Held): void;
  /** Never rejects: where this fails, whoever looks for what a dead process left finds the row, and handling it changes nothing. */
  remove(one: Held): Promise<void>;
  /** Never rejects. Its content goes. */
  giveUp(event: ChatEvent): Promise<void>;
}

type RowDeps = Pick<Core, 'store' | 'clock' | 'log'> & {
  readonly owner: string;
  readonly platform: string;
  /** A process that says nothing for so long has died. */
  readonly leaseMs: number;
};

export function rowsOf({ store, clock, log, owner, platform, leaseMs }: RowDeps): Rows {
  let characters = 0;
  const count = (one: Held, now: number) => {
    characters += now - one.characters;
    one.characters = now;
  };
  return {
    owner,
    characters: () => characters,
    async write(one) {
      const row = rowOf(one, platform);
      const at = clock.now();
      count(one, row.body.length);
      try {
        return await store.inbox.keep(row, owner, at, new Date(at.getTime() + leaseMs));
      } catch (error) {
        count(one, 0);
        throw error;
      }
    },
    forget: (one) => count(one, 0),
    async remove(one) {
      await one.storing;
      if (one.stored !== 'here') return;
      await store.inbox
        .done(one.event.key, owner)
        .catch((error: unknown) => log.warn({ error }, 'handled event of a chat not removed yet'));
    },
    async giveUp({ key }) {
      await store.inbox
        .giveUp(key, owner, clock.now())
        .catch((error: unknown) => log.warn({ error }, 'event of a chat not marked as given up'));
    },
  };
}

function rowOf({ event: { key, place, workspace, author, body }, came }: Held, platform: string): InboxRow {
  const text = JSON.stringify(body);
  if (text.length > BODY_CHARACTERS) throw new RangeError(`an event of a chat has at most ${BODY_CHARACTERS} characters`);
  return { key, platform, place, workspace, author, body: text, came };
}

/** What `rowOf` wrote. */
export function eventOf({ key, place, workspace, author, body }: Omit<InboxRow, 'came'>): ChatEvent {
  return { key, place, workspace, author, body: JSON.parse(body) as unknown };
}
