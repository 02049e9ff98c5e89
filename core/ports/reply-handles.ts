// What a platform gives to answer one person later, and only to them: it works for minutes and a few times. It is kept sealed, so
// that any process can answer.

export interface ReplyHandles {
  /**
   * Keeps a handle under the key of a gesture, in the place of an earlier one, for an hour at the most. `uses`: how often the
   * platform takes it.
   */
  keep(key: string, handle: string, until: { readonly uses: number; readonly expiresAt: Date }): Promise<void>;
  /** Finds it, for one use; null when it has expired, was used up, or never was: what is to be said then goes another way. */
  find(key: string): Promise<string | null>;
  /** It works no more. */
  drop(key: string): Promise<void>;
}
