// Why an answer could not be posted: the closed table of it. Codes are stored with the letter, so they are added to,
// never renamed or taken away.

interface Rule {
  readonly sentence: string;
  readonly wayForward: string;
}

const table = {
  /** No such channel or thread. */
  gone: {
    sentence: 'The place it was asked in is no longer there.',
    wayForward: 'Send it elsewhere.',
  },
  /** The channel is there, and we may not post in it. */
  closed: {
    sentence: 'We may not post there.',
    wayForward: 'Invite the app to the channel and send it again, or send it elsewhere.',
  },
  /** Our right to speak on the platform at all was taken back. */
  disconnected: {
    sentence: 'The app is no longer connected to that workspace.',
    wayForward: 'Connect it again and send it again, or send it elsewhere.',
  },
  refused: {
    sentence: 'The platform did not take it.',
    wayForward: 'Send it again, or send it elsewhere.',
  },
  /** The call ended without an answer, and we may not look whether it was posted. */
  unsure: {
    sentence: 'It may have been posted, and the platform does not let us look.',
    wayForward: 'Look there first: sending it again could show it twice.',
  },
  'too-late': {
    sentence: 'The platform could not be reached for a day.',
    wayForward: 'Send it again.',
  },
  'our-fault': {
    sentence: 'Something went wrong on our side.',
    wayForward: 'Send it again. If it fails once more, read it here.',
  },
} as const satisfies Record<string, Rule>;

export type Trouble = keyof typeof table;
export const troubles = Object.keys(table) as Trouble[];

export interface TroubleWords extends Rule {
  readonly code: Trouble;
}

export function troubleFor(code: Trouble): TroubleWords {
  return { code, ...table[code] };
}
