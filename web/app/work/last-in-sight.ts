// Keeps the newest turn of a conversation in view: when it is added, while it runs, and when its result arrives. Somebody who
// scrolled up to read stays there until they send something or come back down. Nothing is animated.

import { useEffect, useRef, useState } from 'react';

/** So near to the end somebody is still following. */
const NEAR_PX = 120;

/**
 * `count` of turns, how many of them are over, and whether one is just being sent. `turns` is the ref of the element that holds
 * them; `hasNew`: a result came while somebody was reading elsewhere, and `showNew` leads there.
 */
export function useLastInSight(count: number, over: number, isSending: boolean) {
  const turns = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  const [hasNew, setHasNew] = useState(false);

  useEffect(() => {
    let before = scrollY;
    const onScroll = () => {
      // What gets shorter moves the page up too, and then its end is in view.
      if (isNearEnd()) {
        isFollowing.current = true;
        setHasNew(false);
      } else if (scrollY < before) isFollowing.current = false;
      before = scrollY;
    };
    const onGrowth = new ResizeObserver(() => isFollowing.current && showLast(turns.current));
    addEventListener('scroll', onScroll, { passive: true });
    if (turns.current) onGrowth.observe(turns.current);
    return () => {
      removeEventListener('scroll', onScroll);
      onGrowth.disconnect();
    };
  }, []);

  const isOpening = useRef(true);
  useEffect(() => {
    if (isSending) isFollowing.current = true;
    // Whoever opens a conversation without a place in it finds its end, as they left it.
    if (isOpening.current && location.hash === '') scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' });
    else if (isFollowing.current) showLast(turns.current);
    isOpening.current = false;
  }, [count, isSending]);

  const wereOver = useRef(over);
  useEffect(() => {
    if (over > wereOver.current && !isFollowing.current) setHasNew(true);
    wereOver.current = over;
  }, [over]);

  const showNew = () => {
    isFollowing.current = true;
    setHasNew(false);
    showLast(turns.current);
  };
  return { turns, hasNew, showNew };
}

/** Says in the title of a page that nobody looks at that something is done, until somebody does. */
export function useDoneInTitle(over: number, sayDone: (title: string) => string): void {
  const wereOver = useRef(over);
  useEffect(() => {
    const isNews = over > wereOver.current && document.hidden;
    wereOver.current = over;
    if (!isNews) return;
    const title = document.title;
    document.title = sayDone(title);
    const seen = () => {
      if (!document.hidden) document.title = title;
    };
    document.addEventListener('visibilitychange', seen, { once: true });
  }, [over, sayDone]);
}

function isNearEnd(): boolean {
  return document.documentElement.scrollHeight - innerHeight - scrollY < NEAR_PX;
}

/** Down to its end, but no further than its beginning: whoever reads begins there. */
function showLast(turns: HTMLElement | null) {
  const last = turns?.lastElementChild;
  if (!last) return;
  const page = document.documentElement;
  const header = parseFloat(getComputedStyle(page).scrollPaddingTop) || 0;
  const beginning = last.getBoundingClientRect().top + scrollY - header;
  const end = page.scrollHeight - innerHeight;
  const to = Math.min(beginning, end);
  if (to > scrollY) scrollTo({ top: to, behavior: 'instant' });
}
