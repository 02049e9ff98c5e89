// A text that an agent wrote, as Markdown. What reads Markdown is loaded where there is something to read.

import { lazy, Suspense } from 'react';

const load = () => import('./markdown.tsx');
const Markdown = lazy(load);

/** Has what reads Markdown loaded before there is something to read. */
export function loadRichText(): void {
  void load().catch(() => undefined); // asked for again when it is needed
}

/** Characters. A longer text is shown as it is: a page must not wait for its reading. */
const MARKDOWN_MOST = 20_000;

export function RichText({ text, most = MARKDOWN_MOST }: { text: string; most?: number }) {
  const asItIs = <p className="whitespace-pre-wrap wrap-anywhere">{text}</p>;
  if (text.length > most) return asItIs;
  return (
    <Suspense fallback={asItIs}>
      <Markdown text={text} />
    </Suspense>
  );
}
