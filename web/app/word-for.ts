/** What a table says to a word that came with an address. To words that every object knows, such as `constructor`, it says nothing. */
export function wordFor<T>(table: Readonly<Record<string, T>>, word: string | null | undefined): T | null {
  return typeof word === 'string' && Object.hasOwn(table, word) ? table[word]! : null;
}
