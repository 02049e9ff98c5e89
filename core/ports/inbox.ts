// Where an adapter leaves what people do in a chat, so that the platform can be told that it was taken.

import type { Platform } from '#core/domain/messages/thread-ref.ts';

/** Something that somebody did in a chat. */
export interface ChatEvent {
  /** Begins with the platform's word, and is the same each time the event is told. A new message has its own key of `app.chats.hear`. */
  readonly key: string;
  /** Events of one place are handled one by one, in the order in which they were told. The ref of a thread, where there are threads. */
  readonly place: string;
  /** The platform's ids of where it happened and of who did it: they lead to it when somebody is erased. */
  readonly workspace: string | null;
  readonly author: string | null;
  /** What is needed to handle it: JSON of at most 1 MB, which comes back as it is or as it was stored. */
  readonly body: unknown;
}

/** As it stands when it is asked, in ms: how long the platform has waited already, and how long it waits in all. */
export type WaitOf = () => { readonly waitedMs: number; readonly withinMs: number };

export interface InboxNeeds {
  readonly platform: Platform;
  /**
   * Does what the event means. May be called again for the same event, in another process too, so it must not matter how often.
   * A rejection with a refusal (other than `database.unavailable`) ends the event; after any other one it is tried again.
   */
  handle(event: ChatEvent, wait: WaitOf): Promise<void>;
  /** It is not tried again: tells its person, where that is possible. Must not throw. */
  gaveUp(event: ChatEvent): void;
}

export interface ChatInbox {
  /**
   * Resolves once what came of the event is committed, or else the event itself; then the platform may be told so. Rejects where
   * neither was possible in time: with the handler's refusal, where the event will never be taken; with `InboxFull` where too many
   * wait, unless the platform can wait for that (`patiently`).
   */
  take(event: ChatEvent, wait: WaitOf, how?: { readonly patiently: boolean }): Promise<void>;
  /** Something that was told to this process in this place is not handled yet. */
  waits(place: string): boolean;
  /** This event, while it waits or is handled in another process, or waits in this one behind the turn that asks. */
  unhandled(key: string): Promise<ChatEvent | null>;
  /**
   * What has not been handled of these events never will be. Resolves when none of them is being handled by any process; where the
   * signal aborts, soon after that, and other processes go on with theirs.
   */
  withdraw(keys: readonly string[], signal?: AbortSignal): Promise<void>;
  /** Events that wait or are handled in this process. */
  size(): number;
  /** Takes nothing more, ends what is being handled, and leaves the rest to the next process. */
  stop(): Promise<void>;
}

export type OpenInbox = (needs: InboxNeeds) => ChatInbox;
