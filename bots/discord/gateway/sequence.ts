// Which events of a session are committed. Discord tells everything after a number again when the session is resumed, so a process that
// goes on from the committed one loses nothing that was still being written down.

export interface Sequence {
  /** False where this event came before. Events come in the order of their numbers. */
  came(seq: number): boolean;
  committed(seq: number): void;
  /** The last one that came: what this process resumes from, because it still has those before. */
  readonly last: number;
  /** Everything up to this one is committed: what another process resumes from. */
  readonly upTo: number;
}

export function sequenceFrom(start: number): Sequence {
  /** In the order in which they came. */
  const open = new Set<number>();
  let last = start;
  return {
    came(seq) {
      if (seq <= last) return false;
      last = seq;
      open.add(seq);
      return true;
    },
    committed: (seq) => void open.delete(seq),
    get last() {
      return last;
    },
    get upTo() {
      const [oldest] = open;
      return oldest === undefined ? last : oldest - 1;
    },
  };
}
