// The button below the first rows of a table that opens all of it, over the whole window. What shows it is loaded with the
// first press.

import { Maximize2 } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { FileView } from '#core/domain/tasks/task-view.ts';
import { classes } from '../../components/classes.ts';
import { buttonClass } from '../../components/button.tsx';
import { reading, table as words } from '../../texts/reading.ts';

const WholeTable = lazy(() => import('./whole-table.tsx'));

export function OpenTable({ file, address }: { file: FileView; address: string }) {
  const [isOpen, setOpen] = useState(false);
  const [hydrated, setHydrated] = useState(false);
  useEffect(() => setHydrated(true), []);
  const window = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button
        type="button"
        onClick={() => {
          setOpen(true);
          window.current?.showModal();
        }}
        // Without our scripts it can do nothing; its place is kept, so that nothing moves when they are there.
        className={classes(buttonClass('plain', true), !hydrated && 'invisible')}
      >
        <Maximize2 aria-hidden className="size-4" />
        {words.open}
        <span className="sr-only"> {file.name}</span>
      </button>
      <dialog
        ref={window}
        aria-label={file.name}
        onClose={() => setOpen(false)}
        className="m-0 h-dvh max-h-none w-screen max-w-none flex-col bg-canvas p-0 text-ink open:flex"
      >
        {isOpen && (
          <Suspense fallback={<p className="p-6 text-soft">{reading.loading}</p>}>
            <WholeTable file={file} address={address} onClose={() => window.current?.close()} />
          </Suspense>
        )}
      </dialog>
    </>
  );
}
