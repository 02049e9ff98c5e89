// Whatever an operator does to a team or person has a reason, which the audit log keeps.

import { refuse } from '#core/domain/refusals/refusal.ts';
import { cleanText } from '#core/domain/text/text.ts';

const REASON_CHARACTERS = 500;

export function readReason(reason: string): string {
  const text = cleanText(reason);
  if (text.length < 3 || text.length > REASON_CHARACTERS) throw wrongField('reason', `must be 3 to ${REASON_CHARACTERS} characters`);
  return text;
}

export function wrongField(name: string, problem: string) {
  return refuse('request.invalid', { fields: [{ name, problem }] });
}
