// Numbers that count nothing of ours: parts of names, years, sizes, and asides such as "for 5 companies".

import type { AgentType } from '../../tasks/agent-type.ts';
import { nouns } from '../work-words.ts';
import { has } from './parts.ts';
import type { Language } from './reading.ts';
import type { Token } from './tokens.ts';
import { isUnit, leadOf } from './units.ts';

const heads = new Set(
  `route highway interstate section windows iso iec rfc chapter title article form proposition class grade level tier phase stage type version series model iphone ipad galaxy android ios
  playstation ps xbox boeing airbus channel pier gate exit zone district zip postcode code python php java angular web office microsoft fortune forbes inc russell nasdaq dax ftse studio area
  aged age between catch formula covid motel super blink maroon forever expo ces season part volume episode league agenda vision industry top-secret soc pci norm din plz page step number no nr room floor suite apartment`.split(
    /\s+/,
  ),
);
const fixedNames = /^(?:401|403|1099|365|9001|27001|360|101)$/;

export function isNameNumber(tokens: readonly Token[], at: number): boolean {
  const [before, token, next] = [tokens[at - 1], tokens[at]!, tokens[at + 1]];
  if (before?.kind === 'word' && heads.has(before.text) && !has(tokens[at - 2], 'there')) return true;
  if (next?.kind === 'word' && next.from === token.to && /^(?:th|st|nd|rd|k|m|b|d|g|s|er|e|º|ª)$/.test(next.text)) return true;
  return (fixedNames.test(token.text) && next?.kind === 'word') || (next?.text === '-' && tokens[at + 2]?.isCapital === true);
}

export function isYear(token: Token): boolean {
  return /^(?:19\d\d|20\d\d)$/.test(token.text);
}

export function isExplained(tokens: readonly Token[], at: number, type: AgentType, language: Language, hasCount: boolean): boolean {
  const [token, next] = [tokens[at]!, tokens[at + 1]];
  if (isNameNumber(tokens, at)) return true;
  if (has(next, 'measure') || has(next, 'period')) return true;
  if (next?.kind === 'mark' && next.text === '-' && has(tokens[at + 2], 'measure')) return true;
  const before = tokens[at - 1];
  const unit = tokens[at + 1];
  if (isYear(token)) return unit === undefined || !isUnit(unit, type) || has(before, 'preposition');
  const lead = tokens[leadOf(tokens, at)] ?? before;
  const isAside = has(lead, 'preposition') || has(before, 'preposition') || (has(before, 'bound') && has(tokens[at - 2], 'preposition'));
  if (has(before, 'not') || /^(?:instead of|rather than|not)$/.test(before?.text ?? '')) return true;
  if (!isAside || language === 'ja' || language === 'zh' || next?.kind !== 'word' || lead?.text === 'of') return false;
  // "leads for 5 companies", "in 3 cities"; "to 20 people" counts where mails are sent.
  if (type === 'email-campaign' && before?.text === 'to') return false;
  return nouns.get(next.text)?.type !== type || hasCount;
}
