// A thread ref is an address: enough to answer there. The core knows only the word before the first colon.

/** A platform's word. What this version knows of each is in platforms.ts. */
export type Platform = string;

declare const ref: unique symbol;
/** `slack:T1:C9:1712.34`, `discord:G1:C7:998`, `web:<conversation>`, `terminal:<n>`. */
export type ThreadRef = string & { readonly [ref]: 'thread-ref' };

export function platformOf(thread: ThreadRef | string): Platform {
  const colon = thread.indexOf(':');
  if (colon < 1) throw new RangeError('a thread ref begins with its platform and a colon');
  return thread.slice(0, colon);
}
