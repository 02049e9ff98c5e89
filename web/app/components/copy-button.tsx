// Puts something into the clipboard, and says that it did.

import { Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { buttonClass } from './button.tsx';

const SAID_MS = 2_000;

export function CopyButton({ text, words }: { text: string; words: string }) {
  const [state, setState] = useState<'ready' | 'copied' | 'failed'>('ready');
  useEffect(() => {
    if (state === 'ready') return;
    const timer = setTimeout(() => setState('ready'), SAID_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('failed'),
    );
  const said = { ready: words, copied: 'Copied', failed: 'Could not copy' }[state];
  return (
    <>
      <button type="button" onClick={() => void copy()} className={buttonClass('plain', true)}>
        <Copy aria-hidden className="size-4" />
        {said}
      </button>
      <span role="status" className="sr-only">
        {state === 'ready' ? '' : said}
      </span>
    </>
  );
}
