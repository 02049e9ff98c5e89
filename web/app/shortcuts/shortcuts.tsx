// The keys that work on every page for members: Ctrl or ⌘ and K opens the command palette, / goes to the search, ? lists them
// all. What they open is loaded with the first press.

import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';

const Palette = lazy(() => import('./palette.tsx'));
const KeyList = lazy(() => import('./key-list.tsx'));

export type Opened = 'palette' | 'keys' | null;

export function Shortcuts() {
  const [opened, setOpened] = useState<Opened>(null);
  const window = useRef<HTMLDialogElement>(null);
  const navigate = useNavigate();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const asked = askedBy(event);
      if (asked === null || document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      if (asked !== 'search') return setOpened(asked);
      const field = [...document.querySelectorAll<HTMLInputElement>('[role="search"] input[type="search"]')].find((each) =>
        each.checkVisibility(),
      );
      if (field === undefined) void navigate('/tasks');
      else field.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate]);
  useEffect(() => {
    if (opened !== null && window.current?.open === false) window.current.showModal();
    if (opened === null) window.current?.close();
  }, [opened]);
  const close = () => setOpened(null);
  return (
    <dialog
      ref={window}
      // What was opened again by then stays open.
      onClose={() => window.current?.open === false && close()}
      onClick={({ target, currentTarget }) => target === currentTarget && close()}
      className="mx-auto mt-[12dvh] w-[min(36rem,calc(100vw-2rem))] rounded-card border border-hairline bg-surface p-0 text-ink shadow-raised backdrop:bg-canvas/70"
    >
      <Suspense>
        {opened === 'palette' && <Palette onClose={close} onKeys={() => setOpened('keys')} />}
        {opened === 'keys' && <KeyList onClose={close} />}
      </Suspense>
    </dialog>
  );
}

function askedBy({ key, ctrlKey, metaKey, altKey, target }: KeyboardEvent): 'palette' | 'keys' | 'search' | null {
  if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === 'k') return 'palette';
  if (ctrlKey || metaKey || altKey || isWriting(target)) return null;
  return key === '?' ? 'keys' : key === '/' ? 'search' : null;
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
