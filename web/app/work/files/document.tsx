// A text in its place: Markdown as a page, everything else as it was written. It is loaded when somebody comes near it, into
// a box whose height is known before, so that nothing moves.

import { useEffect, useRef, useState, type RefObject } from 'react';
import { Link } from 'react-router';
import type { FileView } from '#core/domain/tasks/task-view.ts';
import { classes } from '../../components/classes.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { reading as words } from '../../texts/reading.ts';
import { readFile } from './read-file.ts';
import { Markdown, type MarkdownNode } from './markdown.tsx';

/** Characters that are shown of one. */
const WHOLE_MOST = 200_000;
const PART_MOST = 4_000;
/** A document of so few bytes is all in sight in a box of its height. */
const SHORT_BYTES = 300;
const MIDDLE_BYTES = 1_500;

/** `whole`: the page of the task. Elsewhere the first part, and the way there. */
export function Document({ file, address, taskId, whole }: { file: FileView; address: string; taskId: string; whole: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const { text, state, nodes } = useText(address, whole ? WHOLE_MOST : PART_MOST, file.mime.startsWith('text/markdown'), box);
  const height = file.sizeBytes <= SHORT_BYTES ? 'h-28' : file.sizeBytes <= MIDDLE_BYTES || !whole ? 'h-56' : 'h-[36rem]';
  return (
    <div className="border-t border-hairline">
      <div
        ref={box}
        tabIndex={0}
        role="region"
        aria-label={words.document(file.name)}
        className={classes('overflow-y-auto overscroll-contain px-4 py-3 sm:px-5', height)}
      >
        <noscript>
          <iframe src={address} title={file.name} loading="lazy" className="block h-full w-full" />
        </noscript>
        {state === 'loading' && <p className="text-soft">{words.loading}</p>}
        {state === 'failed' && <p className="text-soft">{words.failed}</p>}
        {text !== '' &&
          (nodes !== null ? <Markdown nodes={nodes} /> : <pre className="font-mono text-sm whitespace-pre-wrap wrap-anywhere">{text}</pre>)}
        {state === 'cut' && whole && <p className="mt-3 text-soft">{words.rest}</p>}
      </div>
      {(whole || file.sizeBytes > SHORT_BYTES) && (
        <div className="flex min-h-12 items-center border-t border-hairline px-4 py-1.5 text-sm sm:px-5">
          {!whole && (
            <Link
              to={`/tasks/${taskId}#${fileAnchor(file.id)}`}
              className="inline-flex min-h-9 items-center rounded text-accent hover:underline"
            >
              {words.open}
              <span className="sr-only"> {file.name}</span>
            </Link>
          )}
          {whole && text !== '' && <CopyButton text={text} words={words.copyText} />}
        </div>
      )}
    </div>
  );
}

export function fileAnchor(id: string): string {
  return `file-${id}`;
}

interface Shown {
  readonly text: string;
  /** Of Markdown. */
  readonly nodes: readonly MarkdownNode[] | null;
  /** `cut`: it is longer than what is shown of it. */
  readonly state: 'waiting' | 'loading' | 'whole' | 'cut' | 'failed';
}

const nothing = { text: '', nodes: null };

function useText(address: string, most: number, isMarkdown: boolean, box: RefObject<HTMLElement | null>): Shown {
  const [shown, setShown] = useState<Shown>({ ...nothing, state: 'waiting' });
  const isNear = useNear(box);
  useEffect(() => {
    if (!isNear) return;
    const leaving = new AbortController();
    const show = (next: Shown) => !leaving.signal.aborted && setShown(next);
    show({ ...nothing, state: 'loading' });
    read(address, most, isMarkdown, leaving.signal).then(show, () => show({ ...nothing, state: 'failed' }));
    return () => leaving.abort();
  }, [address, isMarkdown, isNear, most]);
  return shown;
}

/** What reads Markdown is loaded where there is some. */
async function read(address: string, most: number, isMarkdown: boolean, signal: AbortSignal): Promise<Shown> {
  let all = '';
  const [, markdown] = await Promise.all([
    readFile(address, signal, (piece) => (all += piece).length <= most),
    isMarkdown ? import('./markdown-tree.ts') : null,
  ]);
  const text = all.length > most ? whole(all.slice(0, most)) : all;
  return { text, nodes: markdown === null ? null : markdown.readMarkdown(text), state: all.length > most ? 'cut' : 'whole' };
}

/** Without half a character at its end. */
function whole(text: string): string {
  return text.replace(/[\uD800-\uDBFF]$/, '');
}

const NEAR = '400px';

function useNear(place: RefObject<HTMLElement | null>): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    if (isNear || place.current === null) return;
    const watch = new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && setNear(true), {
      rootMargin: NEAR,
    });
    watch.observe(place.current);
    return () => watch.disconnect();
  }, [isNear, place]);
  return isNear;
}
