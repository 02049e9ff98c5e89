// What is said in one thread is heard one by one, in the order in which it came: whether somebody else has spoken since decides what a
// message is, and platforms tell several at the same time.

export interface InOrder {
  /** Begins once all that was begun before under this name has ended. */
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
}

export function inOrder(): InOrder {
  const last = new Map<string, Promise<unknown>>();
  return {
    run(name, work) {
      const before = last.get(name) ?? Promise.resolve();
      const turn = before.then(work);
      const ended: Promise<unknown> = turn.catch(() => undefined).then(() => last.get(name) === ended && last.delete(name));
      last.set(name, ended);
      return turn;
    },
  };
}
