import type { Log } from '#core/ports/log.ts';

/** Keeps the words of each line, for tests that wait for something nobody outside can see. */
export function heardLog(): Log & { readonly heard: string[] } {
  const heard: string[] = [];
  const say = (_facts: object, words: string) => void heard.push(words);
  const log = { heard, debug: say, info: say, warn: say, error: say, child: () => log };
  return log;
}
