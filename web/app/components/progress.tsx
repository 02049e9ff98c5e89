// A thin line at the top while the next page is on its way. Quick pages come without it.

import { useEffect, useState } from 'react';
import { useNavigation } from 'react-router';

const SHOWN_AFTER_MS = 200;

export function PageProgress() {
  const isLoading = useNavigation().state !== 'idle';
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    if (!isLoading) return setShown(false);
    const timer = setTimeout(() => setShown(true), SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isLoading]);
  return (
    <div role="status" className="fixed inset-x-0 top-0 z-40 h-0.5">
      {isShown && (
        <>
          <span className="sr-only">Loading</span>
          <span aria-hidden className="block h-full w-2/5 animate-[slide_1s_ease-in-out_infinite] bg-accent" />
        </>
      )}
    </div>
  );
}
