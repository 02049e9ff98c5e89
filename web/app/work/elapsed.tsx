// For how long a task has been worked on. It counts from the server's clock, which a device need not share.

import { useEffect, useState } from 'react';
import { useReader } from '../components/format.tsx';

export function Elapsed({ since }: { since: string }) {
  const before = Math.max(0, Date.parse(useReader().now) - Date.parse(since));
  const [counted, setCounted] = useState(0);
  useEffect(() => {
    const begin = performance.now();
    setCounted(0);
    const timer = setInterval(() => setCounted(performance.now() - begin), 1_000);
    return () => clearInterval(timer);
  }, [before]);
  return (
    <span suppressHydrationWarning role="timer" className="numbers text-sm text-soft">
      {asMinutes(before + counted)}
    </span>
  );
}

/** "0:42", "1:05:09" */
function asMinutes(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const rest = String(seconds % 60).padStart(2, '0');
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes).padStart(2, '0')}:${rest}`;
}
