// What happens while a page is open. One stream in a tab brings it, and whoever shows something of it asks here. Pages
// read their data anew when it has changed; what somebody is typing stays as it is.

import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from 'react';
import { useRevalidator } from 'react-router';
import { takeMissed } from './away.ts';
import type { ShownBalance } from './components/credit-badge.tsx';
import { openLiveStream, type LiveLine } from './live-stream.ts';
import { isSending } from './sending.ts';

interface Live {
  readonly balance: ShownBalance;
  /** For some seconds nothing could reach us. */
  readonly isOffline: boolean;
  /** The stream of this page is open. */
  readonly isConnected: boolean;
  readonly listeners: Set<(line: LiveLine) => void>;
}

const LiveContext = createContext<Live | null>(null);

const OFFLINE_AFTER_MS = 5_000;
const READ_ANEW_MS = 1_000;
const TOGETHER_MS = 50;
const AFTER_TROUBLE_MS = 5_000;

/** `cursor` was read before the data of the page, so that nothing falls between the two. */
export function LiveProvider({ balance, cursor, children }: { balance: ShownBalance; cursor: string; children: ReactNode }) {
  const [listeners] = useState(() => new Set<(line: LiveLine) => void>());
  const [heard, setHeard] = useState(balance);
  const [isOffline, setOffline] = useState(false);
  const [isConnected, setConnected] = useState(false);
  const begin = useRef(cursor);
  const reader = useReadAnew();

  useEffect(() => {
    let losing: ReturnType<typeof setTimeout> | undefined;
    const end = openLiveStream(begin.current, {
      line(line) {
        for (const hear of listeners) hear(line);
        if (line.kind !== 'step') reader.ask();
      },
      balance: (next) => setHeard((last) => newer(last, next)),
      stale: reader.ask,
      connected(yes) {
        reader.connected(yes);
        setConnected(yes);
        if (!yes) {
          losing ??= setTimeout(() => setOffline(true), OFFLINE_AFTER_MS);
          return;
        }
        clearTimeout(losing);
        losing = undefined;
        setOffline(false);
      },
    });
    return () => {
      clearTimeout(losing);
      end();
    };
  }, [listeners, reader]);

  return <LiveContext value={{ balance: newer(balance, heard), isOffline, isConnected, listeners }}>{children}</LiveContext>;
}

export function useLive(): Pick<Live, 'balance' | 'isOffline' | 'isConnected'> {
  return useLiveContext();
}

/** Tells of each thing that happens to a task of the team while the page is open. */
export function useTaskEvents(call: (line: LiveLine) => void): void {
  const { listeners } = useLiveContext();
  const latest = useRef(call);
  useEffect(() => {
    latest.current = call;
  });
  useEffect(() => {
    const hear = (line: LiveLine) => latest.current(line);
    listeners.add(hear);
    return () => void listeners.delete(hear);
  }, [listeners]);
}

/** Of two balances the one of the later movement, whichever way it came. */
function newer(one: ShownBalance, other: ShownBalance): ShownBalance {
  return other.version > one.version ? other : one;
}

/**
 * Reads the data of the page once more: together for what comes at once, at most once a second, only while somebody sees it and
 * we can be reached, and not before a form that is on its way has its answer.
 */
function useReadAnew() {
  const { revalidate } = useRevalidator();
  const latest = useRef(revalidate);
  useEffect(() => {
    latest.current = revalidate;
  });
  const [reader] = useState(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    let isDue = false;
    let isReachable = false;
    let readAt = 0;
    const read = () => {
      waiting = undefined;
      if (!isDue || !isReachable || document.hidden) return;
      if (isSending()) {
        waiting = setTimeout(read, TOGETHER_MS);
        return;
      }
      isDue = false;
      readAt = Date.now();
      void latest.current().then(() => {
        if (!takeMissed()) return;
        isDue = true;
        waiting ??= setTimeout(read, AFTER_TROUBLE_MS);
      });
    };
    const plan = () => void (waiting ??= setTimeout(read, Math.max(TOGETHER_MS, readAt + READ_ANEW_MS - Date.now())));
    return {
      ask() {
        isDue = true;
        plan();
      },
      connected(yes: boolean) {
        isReachable = yes;
        plan();
      },
      plan,
      stop: () => clearTimeout(waiting),
    };
  });
  useEffect(() => {
    document.addEventListener('visibilitychange', reader.plan);
    return () => {
      document.removeEventListener('visibilitychange', reader.plan);
      reader.stop();
    };
  }, [reader]);
  return reader;
}

function useLiveContext(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error('only pages for members are live');
  return live;
}
