// What one ask may bring. Larger things are refused at the edge, with words, before anything is stored.

export const askLimits = {
  /** Characters after cleaning: about ten pages. */
  textCharacters: 20_000,
  /** Bytes as they arrive; looked at first, because counting characters of a flood is itself work. */
  textBytes: 100_000,
  files: 10,
  fileBytes: 50_000_000,
} as const;

/** What a team may have lying with us that no request has named yet, so that a key cannot fill our disks. */
export const waitingLimits = {
  files: 200,
  bytes: 1_000_000_000,
  /** Of one person, so that nobody uses up what their team has. Enough for one request with the largest files. */
  ofOne: {
    files: 100,
    bytes: 500_000_000,
    /** On their way at the same time: two requests with as many files as one can bring. */
    arriving: 20,
  },
} as const;

/** What one task may bring. */
export const resultLimits = {
  /** Longer replies are cut, because every reader of a history gets them. */
  textCharacters: 20_000,
  files: 50,
  fileBytes: 200_000_000,
} as const;
