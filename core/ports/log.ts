/** One line per thing that happened to someone: an object of ids first, then words that never change. No text of people, no secrets. */
export interface Log {
  debug(facts: object, words: string): void;
  info(facts: object, words: string): void;
  warn(facts: object, words: string): void;
  error(facts: object, words: string): void;
  child(facts: object): Log;
}
