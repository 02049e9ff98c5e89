// What a message was read as. Only `work` may run; `unclear` is asked back, and `nothing` starts nothing.

import type { AgentType } from '../../tasks/agent-type.ts';

export interface ReadingContext {
  /** What the last task of the conversation was: "and 20 more in Hamburg". */
  readonly before?: AgentType;
  /** Chosen by the person, in front of the text or in a form. */
  readonly chosen?: AgentType;
  /** Attached to the message. */
  readonly files?: readonly { readonly name: string }[];
}

export type Reading = WorkRead | UnclearRead | NothingRead;

export interface WorkRead {
  readonly intent: 'work';
  readonly certain: true;
  readonly type: AgentType;
  /** "read as lead-generation because of “leads”". */
  readonly reason: string;
  /** null where the type is charged by usage. */
  readonly count: CountRead | null;
  /** Whole, as a browser takes them. */
  readonly addresses: readonly string[];
  /** Names of files that the text mentions. */
  readonly files: readonly string[];
  /** Work that the message asks for too, and that this reading leaves out, in its own words: "write 5 emails". */
  readonly leftOut: readonly string[];
  readonly language: Language;
}

export interface CountRead {
  /** As it was asked for: it may be more than can be delivered, zero, or no whole number. `chosenQuantity` refuses those. */
  readonly value: number;
  readonly how: 'stated' | 'usual' | 'sum' | 'product' | 'range' | 'correction' | 'rate';
}

export interface UnclearRead {
  readonly intent: 'unclear';
  readonly why: Unclear;
  /** At most three, likeliest first; whoever shows them orders them by price. Never empty. */
  readonly choices: readonly Choice[];
  readonly language: Language;
}

/** `type`: which kind of work; `count`: how many; `intent`: whether anything is asked for; `language`: not understood. */
export type Unclear = 'type' | 'count' | 'intent' | 'language';

export interface Choice {
  readonly type: AgentType;
  /** null where the type is charged by usage. */
  readonly count: CountRead | null;
}

export interface NothingRead {
  readonly intent: 'nothing';
  readonly why: Nothing;
  readonly language: Language;
}

export type Nothing =
  | 'thanks'
  | 'greeting'
  | 'complaint'
  | 'statement'
  | 'prohibition'
  | 'about-us'
  | 'about-price'
  | 'about-credits'
  | 'about-tasks'
  | 'about-account';

/** Of the words a message is made of. `other`: none that we read. */
export type Language = 'en' | 'de' | 'fr' | 'es' | 'uk' | 'ja' | 'zh' | 'ar' | 'other';
