// What a word can do in a request. Tables of words by language say so; the grammar is in the reader.

import type { AgentType } from '../../../tasks/agent-type.ts';
import type { Noun, VerbKind } from '../../work-words.ts';
import type { Language } from '../reading.ts';

export type Role =
  /** Stands in front of a request: "please", "now", "can you". */
  | 'opener'
  | 'please'
  | 'wish'
  | 'modal'
  | 'i'
  | 'you'
  | 'not'
  /** "stop", "cancel", "never mind". */
  | 'stop'
  /** Tells of what was, or is: "sent", "were", "already". */
  | 'tells'
  | 'has'
  | 'if'
  | 'asks-what'
  | 'thanks'
  | 'greeting'
  | 'judges'
  | 'price'
  /** "said", "imagine": what follows is nobody's wish. */
  | 'reports'
  | 'preposition'
  | 'and'
  /** "these", "your": what is there already. */
  | 'there'
  | 'the'
  | 'more'
  /** "words", "employees", "km": a number before it is a size. */
  | 'measure'
  | 'period'
  | 'bound'
  | 'corrects'
  | 'each'
  /** Carries no meaning for us, and may stand behind what is counted. */
  | 'adverb'
  | 'counter'
  | 'to-me';

export interface Entry {
  readonly roles: ReadonlySet<Role>;
  readonly verb?: VerbKind;
  readonly noun?: Noun;
  readonly number?: number;
  readonly languages: ReadonlySet<Language>;
}

/** Words of a language, apart by commas; a star stands for any ending. */
export interface Words {
  readonly language: Language;
  readonly roles: Partial<Record<Role, string>>;
  readonly verbs: Partial<Record<VerbKind, string>>;
  readonly nouns: readonly (readonly [AgentType, string, Noun['role']?])[];
  readonly numbers: Readonly<Record<string, number>>;
}
