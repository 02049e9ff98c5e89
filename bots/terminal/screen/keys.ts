// Ctrl-C while a task runs. In a terminal it is a key like others; elsewhere it is a signal.

export type Key = 'interrupt' | 'hang-up' | { readonly letter: string };

/** Tells of every key until it is stopped; without an input only of signals. */
export function listenToKeys(input: NodeJS.ReadStream | null, onKey: (key: Key) => void): () => void {
  const interrupt = () => onKey('interrupt');
  const hangUp = () => onKey('hang-up');
  process.on('SIGINT', interrupt).on('SIGTERM', hangUp).on('SIGHUP', hangUp);
  const stopReading = input === null ? () => {} : readKeys(input, onKey);
  return () => {
    process.off('SIGINT', interrupt).off('SIGTERM', hangUp).off('SIGHUP', hangUp);
    stopReading();
  };
}

function readKeys(input: NodeJS.ReadStream, onKey: (key: Key) => void): () => void {
  const read = (bytes: Buffer) => {
    for (const letter of bytes.toString()) onKey(letter === '\u0003' ? 'interrupt' : { letter });
  };
  input.setRawMode(true);
  input.on('data', read).resume();
  return () => {
    input.off('data', read).pause();
    input.setRawMode(false);
  };
}
