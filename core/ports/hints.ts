/** What the processes of an adapter tell each other. Whatever a hint says is also found out without it, later. */
export interface Hints {
  /**
   * Told to every process, this one too, within moments. It begins with the platform's word (`slack:user:T1:U1`), has ids only, and
   * at most 1,000 characters. A hint may be lost.
   */
  tell(about: string): void;
  /** Calls back for the hints of every platform, and with an empty word where some may have been missed. Gives back how to stop. */
  on(call: (about: string) => void): () => void;
}
