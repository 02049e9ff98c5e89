// What may be spent from a workspace in a day: two amounts, each of which may be left empty for no limit.

import { TextField } from '../components/field.tsx';
import type { Problem } from '../problem.ts';
import { capWords } from '../texts/team.ts';
import type { TypedCaps } from './read-caps.ts';

export function CapFields({ caps, problem }: { caps: TypedCaps; problem: Problem | null }) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <TextField
        label={capWords.person}
        name="personPerDay"
        {...amountInput}
        defaultValue={caps.person}
        hint={capWords.personHint}
        error={problem?.fields['personPerDay']}
      />
      <TextField
        label={capWords.workspace}
        name="workspacePerDay"
        {...amountInput}
        defaultValue={caps.workspace}
        hint={capWords.workspaceHint}
        error={problem?.fields['workspacePerDay']}
      />
    </div>
  );
}

// Without a script the browser says what is wrong with an amount before it is sent.
const amountInput = {
  inputMode: 'decimal',
  autoComplete: 'off',
  pattern: '\\d{1,10}(\\.\\d{1,6})?',
  title: 'Such as 100 or 2.5',
} as const;
