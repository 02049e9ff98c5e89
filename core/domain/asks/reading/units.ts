// What each type of work is measured in, and what stands in front of a number.

import type { AgentType } from '../../tasks/agent-type.ts';
import { siteData } from '../work-words.ts';
import { has } from './parts.ts';
import type { Token } from './tokens.ts';

export function isUnit(token: Token, type: AgentType): boolean {
  const noun = token.entry?.noun;
  if (noun === undefined) return type === 'web-scraping' && siteData.has(token.text);
  if (noun.type === type) return true;
  if (type === 'lead-generation') return noun.sought === 'lead-generation';
  return type === 'web-scraping' && (siteData.has(token.text) || noun.type !== 'lead-generation');
}

/** Where the word stands that says what a number leads to, behind "about", "up to" and the like. */
export function leadOf(tokens: readonly Token[], at: number): number {
  let lead = at - 1;
  while (lead >= 0 && (has(tokens[lead], 'bound') || /^[(-]$/.test(tokens[lead]!.text)) && lead > at - 5) lead--;
  return lead;
}
