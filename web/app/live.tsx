// What happens while a page is open. One stream in a tab brings it, and whoever shows something of it asks here. A browser
// comes back by itself with the last line it saw, so nothing is missed and nothing is seen twice.

import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from 'react';
import { useRevalidator } from 'react-router';
import type { ShownBalance } from './components/credit-badge.tsx';

interface TaskLine {
  readonly taskId: string;
  readonly kind: string;
  readonly data: unknown;
}

type Hears = (line: TaskLine) => void;

interface Live {
  readonly balance: ShownBalance;
  /** Nothing arrives at the moment. */
  readonly isOffline: boolean;
  /** Calls back for each thing that happens to a task of the team. Gives back how to stop. */
  on(call: Hears): () => void;
}

const LiveContext = createContext<Live | null>(null);

/** The page's data is read anew at most this often. */
const AGAIN_MS = 1_000;
/** A stream that breaks comes back in a few seconds; only then is it worth a word. */
const SAID_AFTER_MS = 6_000;

export function LiveProvider({ balance: first, cursor, children }: { balance: ShownBalance; cursor: string; children: ReactNode }) {
  const [news, setNews] = useState<(ShownBalance & { version: string }) | null>(null);
  const [isOffline, setOffline] = useState(false);
  const [calls] = useState(() => new Set<Hears>());
  const [after] = useState(cursor); // the stream begins where the first page was made, and goes on by itself
  const { revalidate } = useRevalidator();
  const again = useRef(revalidate);
  again.current = revalidate;

  useEffect(() => {
    const source = new EventSource(`/api/events?live=1&after=${encodeURIComponent(after)}`);
    let waiting: ReturnType<typeof setTimeout> | undefined;
    let silent: ReturnType<typeof setTimeout> | undefined;
    const readAgain = () => {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        void again.current();
      }, AGAIN_MS);
    };
    source.onopen = () => {
      clearTimeout(silent);
      silent = undefined;
      setOffline(false);
    };
    source.onerror = () => {
      silent ??= setTimeout(() => setOffline(true), SAID_AFTER_MS);
      // Refused for good, as after a log-out: the page's own data says what that means.
      if (source.readyState === EventSource.CLOSED) readAgain();
    };
    source.onmessage = ({ data }: MessageEvent<string>) => {
      const line = JSON.parse(data) as TaskLine;
      for (const call of calls) call(line);
      if (line.kind !== 'step') readAgain();
    };
    source.addEventListener('balance', ({ data }: MessageEvent<string>) => {
      const balance = JSON.parse(data) as ShownBalance & { version: string };
      setNews((known) => (known !== null && BigInt(known.version) > BigInt(balance.version) ? known : balance));
    });
    source.addEventListener('reset', readAgain);
    return () => {
      clearTimeout(waiting);
      clearTimeout(silent);
      source.close();
    };
  }, [after, calls]);

  const on = (call: Hears) => {
    calls.add(call);
    return () => void calls.delete(call);
  };
  return (
    <LiveContext value={{ balance: news ?? first, isOffline, on }}>
      {isOffline && (
        <p role="status" className="bg-warn-wash px-4 py-2 text-center text-sm text-warn">
          You are cut off at the moment. What you see may be old; it goes on by itself.
        </p>
      )}
      {children}
    </LiveContext>
  );
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error('only pages for members are live');
  return live;
}

/** Tells of each thing that happens to a task of the team while the page is open. */
export function useTaskEvents(call: Hears): void {
  const { on } = useLive();
  const latest = useRef(call);
  latest.current = call;
  useEffect(() => on((line) => latest.current(line)), []);
}
