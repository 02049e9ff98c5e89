// What happens while a page is open. One stream in a tab brings it, and whoever shows something of it asks here.

import { createContext, useContext, type ReactNode } from 'react';
import type { ShownBalance } from './components/credit-badge.tsx';

interface Live {
  readonly balance: ShownBalance;
}

const LiveContext = createContext<Live | null>(null);

export function LiveProvider({ balance, children }: { balance: ShownBalance; cursor: string; children: ReactNode }) {
  return <LiveContext value={{ balance }}>{children}</LiveContext>;
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error('only pages for members are live');
  return live;
}

/** Tells of each thing that happens to a task of the team while the page is open. */
export function useTaskEvents(_call: (line: { taskId: string; kind: string; data: unknown }) => void): void {}
