// A person may say the kind of work first: "type: research …", "/research …". Our own guess never wins over that.

import { agentTypes, type AgentType } from '../tasks/agent-type.ts';
import { askLimits } from './limits.ts';
import { refuse } from '../refusals/refusal.ts';
import { mustAskForWork } from '../talk/small-talk.ts';
import { cleanText } from '../text/text.ts';

export interface ReadAsk {
  /** Cleaned, and without the words that chose the type. */
  readonly text: string;
  readonly type?: AgentType;
}

/**
 * Cleans what a person wrote and takes the choice of a type off its front; refuses what is empty or far too long, and answers
 * what asks for no work. Whoever writes a type in front asks for work.
 */
export function readAsk(raw: string): ReadAsk {
  const read = readAgain(raw);
  if (read.type === undefined) mustAskForWork(read.text);
  return read;
}

/** The same for a request that was taken before: whether it asks for work was decided then. */
export function readAgain(raw: string): ReadAsk {
  if (raw.length > askLimits.textBytes || new TextEncoder().encode(raw).length > askLimits.textBytes) throw refuse('ask.too-long');
  const { text, type } = takeType(cleanText(raw));
  if (!/[\p{L}\p{N}]/u.test(text)) {
    mustAskForWork(text); // 👍
    throw refuse('ask.empty');
  }
  if (Array.from(text).length > askLimits.textCharacters) throw refuse('ask.too-long');
  return type === undefined ? { text } : { text, type };
}

/**
 * The request with what it is about, as a quotation that is neither weighed nor counted, also when it is run again. Words that are
 * no request by themselves stay alone, and so do words that fill a request: what somebody else wrote makes no difference to either.
 */
export function withContext(text: string, context: string): string {
  const whole = `${text}\n\n${context.replaceAll(/^/gm, '> ')}`;
  return context !== '' && isReadable(text) && isReadable(whole) ? whole : text;
}

/** What `withContext` added to this text, as it was given; empty where it added nothing. */
export function contextOf(whole: string, text: string): string {
  const added = whole.startsWith(text) ? whole.slice(text.length) : '';
  return /^\n\n(?:> .*(?:\n|$))+$/.test(added) ? added.slice(2).replaceAll(/^> /gm, '') : '';
}

function isReadable(raw: string): boolean {
  try {
    return readAgain(raw).text !== '';
  } catch {
    return false; // whoever takes it says why
  }
}

function takeType(text: string): ReadAsk {
  const flag = /^(?:--type[\s:=]+|type\s*[:=]\s*)([^\s,;]+)[\s,;]*/i.exec(text);
  if (flag) {
    const type = typeCalled(flag[1]!);
    if (!type) throw refuse('type.unknown', { given: flag[1]!.slice(0, 40) });
    return { text: text.slice(flag[0].length), type };
  }
  const command = /^\/([a-z-]+)(?:\s+|$)/i.exec(text);
  const type = command ? typeCalled(command[1]!) : undefined;
  // "/unknown …" is left alone: it may be a path or an address that the request is about.
  return type ? { text: text.slice(command![0].length), type } : { text };
}

function typeCalled(word: string): AgentType | undefined {
  const name = word.toLowerCase().replaceAll('_', '-');
  return agentTypes.find((type) => type === name) ?? shortNames.get(name);
}

const shortNames = new Map<string, AgentType>([
  ['lead', 'lead-generation'],
  ['leads', 'lead-generation'],
  ['email', 'email-campaign'],
  ['emails', 'email-campaign'],
  ['mail', 'email-campaign'],
  ['scrape', 'web-scraping'],
  ['scraping', 'web-scraping'],
  ['social', 'social-media'],
  ['content', 'content-creation'],
  ['write', 'content-creation'],
]);
