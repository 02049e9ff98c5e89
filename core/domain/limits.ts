// What one ask may bring. Larger things are refused at the edge, with words, before anything is stored.

export const askLimits = {
  /** Characters after cleaning: about ten pages. */
  textCharacters: 20_000,
  /** Bytes as they arrive; looked at first, because counting characters of a flood is itself work. */
  textBytes: 100_000,
  files: 10,
  fileBytes: 50_000_000,
} as const;

/** What an agent may say beside its files; longer replies are cut, because every reader of a history gets them. */
export const resultLimits = {
  textCharacters: 20_000,
} as const;
