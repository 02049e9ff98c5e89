// Above which estimate a person is asked before a task starts: the form in which a team and a person say so.

import { amountOf, asNumber, micro, readCredits, type Amount } from '#core/domain/credits/credits.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button } from './components/button.tsx';
import { TextField } from './components/field.tsx';
import { Form, useProblem } from './components/form.tsx';
import { threshold as words } from './texts/threshold.ts';

/** The field's name. */
export const THRESHOLD = 'confirmAbove';

/** Credits; null for never. */
export function shownThreshold(above: Amount | null): number | null {
  return above === null ? null : asNumber(micro(above));
}

/** What was typed; empty is never. Throws `request.invalid`. */
export function readThreshold(typed: string): Amount | null {
  if (typed === '') return null;
  const credits = readCredits(typed);
  if (credits === null) throw refuse('request.invalid', { fields: [{ name: THRESHOLD, problem: words.invalid }] });
  return amountOf(credits);
}

export function ThresholdForm({ intent, above }: { intent: string; above: number | null }) {
  const problem = useProblem(intent);
  return (
    <Form intent={intent} className="flex flex-wrap items-start gap-3">
      <TextField
        key={above ?? 'never'}
        label={words.label}
        name={THRESHOLD}
        inputMode="decimal"
        maxLength={17}
        autoComplete="off"
        defaultValue={above ?? ''}
        hint={words.hint}
        error={problem?.fields[THRESHOLD]}
        className="w-44"
      />
      <Button intent={intent} busyWords="Saving…" className="mt-[1.625rem]">
        Save
      </Button>
    </Form>
  );
}
