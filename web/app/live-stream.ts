// The one stream of a tab, kept open as long as somebody looks at it. The browser comes back by itself from most things;
// what it does not see are lines that are dead although nobody closed them, and what it takes for final are refusals,
// also those of a server that is just starting. Both are looked after here.

import type { ShownBalance } from './components/credit-badge.tsx';

export interface LiveLine {
  readonly taskId: string;
  readonly kind: string;
  readonly at: string;
  readonly data: unknown;
}

export interface Hears {
  line(line: LiveLine): void;
  balance(balance: ShownBalance): void;
  /** What is shown may be old: too much was missed, or nobody is logged in any more. */
  stale(): void;
  connected(yes: boolean): void;
}

const LOOK_MS = 5_000;
/** The server says something every fifteen to twenty seconds. */
const SILENCE_MS = 40_000;
/** A browser has six connections for all tabs of a site, so those that nobody sees give theirs back. */
const HIDDEN_MS = 60_000;

/** Begins behind the cursor that the page was made with. Gives back how to end it. */
export function openLiveStream(cursor: string, hears: Hears): () => void {
  let after = cursor;
  let source: EventSource | null = null;
  let heardAt = Date.now();
  let hiddenAt: number | null = null;

  function connect() {
    source?.close();
    heardAt = Date.now();
    const stream = new EventSource(`/api/events?live=1&after=${encodeURIComponent(after)}`);
    source = stream;
    const on = (kind: string, hear: (data: unknown) => void) =>
      stream.addEventListener(kind, (event: MessageEvent<string>) => {
        heardAt = Date.now();
        after = event.lastEventId || after;
        hear(JSON.parse(event.data));
      });
    on('message', (line) => hears.line(line as LiveLine));
    on('balance', (balance) => hears.balance(balance as ShownBalance));
    on('reset', () => hears.stale());
    on('beat', () => {});
    stream.addEventListener('open', () => {
      heardAt = Date.now();
      hears.connected(true);
    });
    stream.addEventListener('error', () => {
      hears.connected(false);
      if (stream.readyState === EventSource.CLOSED && stream === source) void askWhy();
    });
  }

  /** An EventSource does not tell why it was refused. */
  async function askWhy() {
    const answer = await fetch('/api/events', { method: 'HEAD' }).catch(() => null);
    if (answer?.status !== 401 || source === null) return;
    hears.connected(true); // we can be reached, but nobody is logged in
    hears.stale();
  }

  function look() {
    const now = Date.now();
    hiddenAt = document.hidden ? (hiddenAt ?? now) : null;
    if (hiddenAt !== null && now - hiddenAt >= HIDDEN_MS) {
      source?.close();
      source = null;
    } else if (source === null || source.readyState === EventSource.CLOSED || now - heardAt >= SILENCE_MS) connect();
  }

  connect();
  const looking = setInterval(look, LOOK_MS);
  document.addEventListener('visibilitychange', look);
  addEventListener('online', look);
  addEventListener('offline', connect); // an open stream may never learn of it
  return () => {
    clearInterval(looking);
    document.removeEventListener('visibilitychange', look);
    removeEventListener('online', look);
    removeEventListener('offline', connect);
    source?.close();
    source = null;
  };
}
