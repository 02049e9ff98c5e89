// Where people say what they need. It is a form like any other; with JavaScript it also takes files, sends on Enter, and
// says what the request may cost while it is being written.

import { ArrowUp } from 'lucide-react';
import { useEffect, useId, useRef, useState, type ClipboardEvent, type KeyboardEvent } from 'react';
import { useActionData, useNavigation, useRouteLoaderData } from 'react-router';
import { Button } from '../components/button.tsx';
import { classes } from '../components/classes.ts';
import { sentIn } from '../away.ts';
import { Form, useAnswer, useProblem, type FormAnswer } from '../components/form.tsx';
import { askAway } from '../texts/portal.ts';
import { work as words } from '../texts/work.ts';
import type { PortalData } from '../portal-data.ts';
import { draftAt, draftPlace, keepDraft } from './drafts/drafts.ts';
import { Attach, Attached } from './files/attached.tsx';
import { fileIn, type KeptFile } from './files/kept-file.ts';
import type { ShownEstimate, Typed } from './ask.ts';
import { EstimateLine } from './estimate-line.tsx';
import { useUploads } from './files/uploads.ts';
import { useDraft, useDropped, useSentWhenBack } from './drafts/unsent.ts';

interface Begun {
  /** Makes two sendings of the same form one ask. It is fresh each time the form is. */
  readonly askKey: string;
  readonly placeholder: string;
  /** Where its draft is kept. */
  readonly conversationId: string | null;
  /** What is written there already, to be changed or sent. */
  readonly draft?: string;
  /** A request that was taken back to be changed. */
  readonly changed?: Written & { readonly taskId: string; readonly missing: readonly string[] };
}

interface Written {
  readonly text: string;
  readonly files: readonly KeptFile[];
}

const nothing: Written = { text: '', files: [] };

export function Composer({ draft = '', changed, conversationId, ...begun }: Begun) {
  const { email, teamId } = useRouteLoaderData<PortalData>('portal')!;
  const place = draftPlace(email, teamId, conversationId);
  const { turn, goesOn } = useTurn(() => keepDraft(place, ''));
  const unsent = useRef({ turn, ...nothing });
  // What is being written stays, below what comes back.
  const before = unsent.current.turn === turn ? unsent.current : nothing;
  const start = changed === undefined ? { text: draft, files: [] } : joined(changed, before);
  return (
    <OneAsk
      key={`${turn} ${changed?.taskId ?? draft} ${place}`}
      {...begun}
      place={place}
      start={start}
      missing={changed?.missing ?? []}
      goesOn={goesOn}
      onWritten={(written) => {
        unsent.current = { turn, ...written };
      }}
    />
  );
}

function joined(changed: Written, before: Written): Written {
  const texts = [changed.text, before.text].filter((text, i, all) => text.trim() !== '' && all.indexOf(text) === i);
  const files = before.files.filter(({ id }) => changed.files.every((file) => file.id !== id));
  return { text: texts.join('\n\n'), files: [...changed.files, ...files] };
}

/** Counts asks that went well: after each the form begins anew, and who was writing goes on there. */
function useTurn(onTaken: () => void): { turn: number; goesOn: boolean } {
  const { state, formData } = useNavigation();
  const answer = useActionData();
  const [turn, setTurn] = useState(0);
  const wasSent = useRef(false);
  const goesOn = useRef(false);
  const taken = useRef(onTaken);
  useEffect(() => {
    taken.current = onTaken;
  });
  useEffect(() => {
    if (state !== 'idle') {
      if (wasSent.current || formData?.get('intent') !== 'ask') return;
      wasSent.current = true;
      // On a phone, whoever pressed the button wants to see the answer, and no keyboard over it.
      goesOn.current = document.activeElement instanceof HTMLTextAreaElement || !matchMedia('(pointer: coarse)').matches;
    } else if (wasSent.current) {
      wasSent.current = false;
      if (answer !== undefined) return;
      taken.current();
      setTurn((now) => now + 1);
    }
  }, [state, formData, answer]);
  return { turn, goesOn: turn > 0 && goesOn.current };
}

interface Asking extends Pick<Begun, 'askKey' | 'placeholder'> {
  /** Where the draft of it is kept. */
  readonly place: string;
  /** What stands there at first. */
  readonly start: Written;
  /** Names of files that should be there, and could not be kept. */
  readonly missing: readonly string[];
  readonly goesOn: boolean;
  onWritten(written: Written): void;
}

function OneAsk({ askKey, placeholder, place, start, missing, goesOn, onWritten }: Asking) {
  const answer = useAnswer<FormAnswer & { typed?: Typed }>();
  const typed = (answer?.intent === 'ask' ? answer.typed : undefined) ?? typedAgain(answer);
  const [firstKey] = useState(askKey); // later loads of the page bring another one, and this ask stays this ask
  const [first] = useState(start);
  const given = typed ?? first;
  const problem = useProblem('ask');
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (goesOn) box.current?.focus({ preventScroll: true });
  }, [goesOn]);
  const { state, formData } = useNavigation();
  const isSending = state !== 'idle' && formData?.get('intent') === 'ask';
  const hydrated = useHydrated();
  const [text, setText] = useState(given.text);
  // What was typed before our scripts ran stands in the field, and nobody told us; else what was left there the last time.
  useEffect(() => {
    if (box.current === null) return;
    if (box.current.value === '') box.current.value = draftAt(place);
    setText(box.current.value);
  }, [place]);
  useDraft(place, text, isSending);
  const estimate = useEstimate(text);
  const uploads = useUploads(given.files);
  useEffect(() => {
    onWritten({ text, files: uploads.all.flatMap(({ id, name }) => (id === null ? [] : [{ id, name }])) });
  });
  // What got no answer may have been taken: the same words are the same ask, and other words another one.
  const isChanged = typed !== undefined && typed.text.trim() !== text.trim();
  const key = typed === undefined ? firstKey : isChanged ? `${typed.key}-1` : typed.key;
  // Why it was refused is said once.
  const isSaidAbove = problem !== null && !isChanged && (estimate?.trouble ?? null) !== null;
  const field = useId();

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // Enter also chooses a word in some keyboards; that one is not ours.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (text.trim() !== '' && !uploads.busy && !isSending) event.currentTarget.form?.requestSubmit();
  };
  const take = (files: FileList | undefined | null) => {
    if (!files || files.length === 0) return false;
    uploads.add([...files]);
    return true;
  };
  const onPaste = (event: ClipboardEvent) => {
    if (take(event.clipboardData.files)) event.preventDefault();
  };
  const shownEstimate = isSaidAbove ? null : estimate;
  const isOver = useDropped(take);
  const form = useSentWhenBack(problem, isChanged || isSending);

  return (
    <Form intent="ask" away={askAway} className="w-full">
      <input type="hidden" name="key" value={key} ref={form} />
      <div
        className={classes(
          'rounded-card border bg-surface shadow-card focus-within:border-accent',
          isOver ? 'border-accent bg-accent-wash' : 'border-edge',
        )}
      >
        <label htmlFor={field} className="sr-only">
          {words.title}
        </label>
        <div className="flex items-end gap-1 p-1.5">
          {hydrated ? <Attach add={uploads.add} /> : <span className="size-11 shrink-0" />}
          <textarea
            ref={box}
            id={field}
            name="text"
            rows={1}
            dir="auto"
            maxLength={20_000}
            defaultValue={given.text}
            autoFocus={first.text !== ''}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
            placeholder={isOver ? words.drop : placeholder}
            aria-describedby={`${field}-hint`}
            {...(problem?.code === 'ask.empty' && { 'aria-invalid': true })}
            className="block max-h-72 min-h-11 min-w-0 flex-1 resize-none field-sizing-content bg-transparent px-1 py-2.5 text-ink outline-none placeholder:text-soft"
          />
          <Button intent="ask" look="main" small busyWords={words.sending} disabled={uploads.busy} className="min-h-11! shrink-0">
            <ArrowUp aria-hidden className="size-4" />
            {words.send}
          </Button>
        </div>
        <Attached uploads={uploads.all} remove={uploads.remove} />
        {missing.length > 0 && (
          <p role="status" className="px-4 pb-2 text-sm wrap-anywhere text-warn">
            {words.attachAgain(missing)}
          </p>
        )}
      </div>
      {/* The price stands where the promise stood, so that nothing moves when it comes. */}
      <div className="mt-2 flex min-h-5 flex-wrap gap-x-4 px-1 text-sm">
        <div aria-live="polite">
          <EstimateLine estimate={shownEstimate} />
        </div>
        <p id={`${field}-hint`} className="text-soft">
          {hydrated && <span className="pointer-coarse:hidden">{words.hintKeys} </span>}
          {shownEstimate === null && words.hint}
        </p>
      </div>
    </Form>
  );
}

/** What was sent and got no answer: it goes again as it was. */
function typedAgain(answer: unknown): Typed | undefined {
  const [text, key] = ['text', 'key'].map((name) => sentIn(answer, name)?.[0]);
  if (text === undefined || key === undefined) return undefined;
  return { text, key, files: (sentIn(answer, 'file') ?? []).map(fileIn) };
}

const ASK_AFTER_MS = 500;

/** What the text as it stands would cost; the last answer stays until the next one is there. */
function useEstimate(text: string): ShownEstimate | null {
  const [estimate, setEstimate] = useState<ShownEstimate | null>(null);
  const said = text.trim();
  useEffect(() => {
    if (said.length < 4) return setEstimate(null);
    const leaving = new AbortController();
    const timer = setTimeout(() => {
      fetch('/estimate', { method: 'POST', body: new URLSearchParams({ text: said }), signal: leaving.signal })
        .then(async (answer) => setEstimate(answer.ok ? ((await answer.json()) as ShownEstimate) : null))
        .catch(() => undefined); // a line of help, nothing more
    }, ASK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [said]);
  return estimate;
}

function useHydrated(): boolean {
  const [hydrated, setHydrated] = useState(false);
  useEffect(() => setHydrated(true), []);
  return hydrated;
}
