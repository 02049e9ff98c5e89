// What was said in one conversation, each letter shown once, in order.

import type { ShownLetter } from '#core/flows/messages/conversation.ts';
import type { Client } from './client/client.ts';
import { renderTerminal } from './render.ts';
import type { Screen } from './screen/screen.ts';

export interface Conversation {
  readonly id: string;
  /** Shows what is new. */
  showNew(): Promise<readonly ShownLetter[]>;
}

/** `from`: the letters up to this one were shown already; 0 for none. */
export function conversationOf(id: string, { client, screen }: { client: Client; screen: Screen }, from = 0): Conversation {
  let seen = from;
  return {
    id,
    async showNew() {
      const letters = (await client.letters(id, seen)).filter(({ seq }) => seq > seen);
      // Letters of one seq come together.
      seen = Math.max(seen, ...letters.map(({ seq }) => seq));
      for (const { reply } of letters) screen.say(`${renderTerminal(reply, screen.look())}\n`);
      return letters;
    },
  };
}
