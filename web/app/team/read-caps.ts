// Daily limits of a workspace on their way to a form and back.

import { amountOf, micro, plainCredits, readCredits, type Amount } from '#core/domain/credits/credits.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { WorkspaceCapsView } from '#core/domain/workspaces/caps.ts';
import { capWords } from '../texts/team.ts';

/** As form fields have them. */
export interface TypedCaps {
  readonly person: string;
  readonly workspace: string;
}

export function typedCaps({ personPerDay, workspacePerDay }: WorkspaceCapsView): TypedCaps {
  const typed = (amount: Amount | null) => (amount === null ? '' : plainCredits(micro(amount)));
  return { person: typed(personPerDay), workspace: typed(workspacePerDay) };
}

/** Rejects with `request.invalid` for what is no amount. */
export function readCaps(text: (name: string) => string): WorkspaceCapsView {
  const read = (name: string) => {
    if (text(name).trim() === '') return null;
    const credits = readCredits(text(name));
    if (credits === null) throw refuse('request.invalid', { fields: [{ name, problem: capWords.wrong }] });
    return amountOf(credits);
  };
  return { personPerDay: read('personPerDay'), workspacePerDay: read('workspacePerDay') };
}
