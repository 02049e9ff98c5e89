// What the composer does so that nothing is lost: it keeps a draft, sends again what got no answer once we can be reached, and
// takes files wherever on the page they are dropped.

import { useEffect, useRef, useState } from 'react';
import { isAway } from '../../away.ts';
import { useLive } from '../../live.tsx';
import type { Problem } from '../../problem.ts';
import { keepDraft } from './drafts.ts';

/** Keeps what is written at `place`; a page that is left while its form is on its way was led on by the answer. */
export function useDraft(place: string, text: string, isSending: boolean): void {
  const isGoing = useRef(isSending);
  const isFirst = useRef(true);
  useEffect(() => {
    isGoing.current = isSending;
  }, [isSending]);
  useEffect(() => {
    // An empty field at first is no word of anybody: what was kept is read just now.
    if (!isFirst.current || text !== '') keepDraft(place, text);
    isFirst.current = false;
  }, [place, text]);
  useEffect(() => () => void (isGoing.current && keepDraft(place, '')), [place]);
}

const FIRST_AFTER_MS = 2_000;
const MOST_AFTER_MS = 60_000;

/**
 * Sends the form of the field with this ref again, as it was and under its key, when the request before got no answer: once we can
 * be reached, and more and more seldom where that fails. `isStopped`: it was changed, or is on its way.
 */
export function useSentWhenBack(problem: Problem | null, isStopped: boolean) {
  const field = useRef<HTMLInputElement>(null);
  const { isConnected } = useLive();
  const tries = useRef(0);
  const waits = isAway(problem) && isConnected && !isStopped;
  useEffect(() => {
    if (!isAway(problem)) tries.current = 0;
  }, [problem]);
  useEffect(() => {
    if (!waits) return;
    const timer = setTimeout(
      () => {
        tries.current++;
        field.current?.form?.requestSubmit();
      },
      Math.min(FIRST_AFTER_MS * 2 ** tries.current, MOST_AFTER_MS),
    );
    return () => clearTimeout(timer);
  }, [waits, problem]);
  return field;
}

/** Whether files are held over the page; `take` gets those that are dropped. */
export function useDropped(take: (files: FileList | undefined) => void): boolean {
  const [isOver, setOver] = useState(false);
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      latest.current(event.dataTransfer?.files);
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, []);
  return isOver;
}
