// All words that we know, by themselves or as phrases, and what each can do.

import { innocent, nouns, socialPlatforms, verbs, type Noun, type VerbKind } from '../work-words.ts';
import type { AgentType } from '../../tasks/agent-type.ts';
import type { Language } from './reading.ts';
import { arabic } from './words/arabic.ts';
import { chinese } from './words/chinese.ts';
import { english } from './words/english.ts';
import type { Entry, Role, Words } from './words/entry.ts';
import { french } from './words/french.ts';
import { german } from './words/german.ts';
import { japanese } from './words/japanese.ts';
import { spanish } from './words/spanish.ts';
import { ukrainian } from './words/ukrainian.ts';

interface Making {
  readonly roles: Set<Role>;
  verb?: VerbKind;
  noun?: Noun;
  number?: number;
  readonly languages: Set<Language>;
}

/** A lexicon of languages that are written in one script. */
export interface Lexicon {
  find(word: string): Entry | undefined;
  /** How many words the longest phrase has that begins with this word; 0 where none does. */
  phrasesFrom(word: string): number;
}

export function lexiconOf(tables: readonly Words[]): Lexicon {
  const entries = new Map<string, Making>();
  const longest = new Map<string, number>();
  const at = (word: string, language: Language) => {
    let entry = entries.get(word);
    if (!entry) entries.set(word, (entry = { roles: new Set(), languages: new Set() }));
    entry.languages.add(language);
    const parts = word.split(' ');
    if (parts.length > 1) longest.set(parts[0]!, Math.max(longest.get(parts[0]!) ?? 0, parts.length));
    return entry;
  };
  for (const table of tables) {
    if (table.language === 'en') addShared(at);
    for (const [role, words] of Object.entries(table.roles))
      for (const word of split(words)) at(word, table.language).roles.add(role as Role);
    for (const [kind, words] of Object.entries(table.verbs))
      for (const word of split(words)) at(word, table.language).verb ??= kind as VerbKind;
    for (const [type, words, role] of table.nouns) for (const word of split(words)) at(word, table.language).noun ??= nounOf(type, role);
    for (const [word, value] of Object.entries(table.numbers)) at(word, table.language).number = value;
  }
  return { find: (word) => entries.get(word), phrasesFrom: (word) => longest.get(word) ?? 0 };
}

/** What the first reader knows already. */
function addShared(at: (word: string, language: Language) => Making): void {
  for (const [word, kind] of verbs) at(word, 'en').verb = kind;
  for (const [word, noun] of nouns) at(word, 'en').noun = noun;
  for (const word of innocent) at(word, 'en');
  for (const word of socialPlatforms) at(word, 'en');
}

/** Emails that are looked for are addresses of people, and articles that are looked for are research. */
function nounOf(type: AgentType, role: Noun['role']): Noun {
  const sought =
    type === 'email-campaign' ? 'lead-generation' : type === 'content-creation' || type === 'social-media' ? 'research' : undefined;
  return { type, ...(sought && { sought }), ...(role && { role }) };
}

export function split(words: string): string[] {
  return words
    .split(',')
    .map((word) => word.trim().replace(/\s+/g, ' '))
    .filter((word) => word !== '');
}

/** One for each language: the same word does different things in two of them. */
export const lexicons: Readonly<Record<Language, Lexicon>> = {
  en: lexiconOf([english]),
  de: lexiconOf([german]),
  fr: lexiconOf([french]),
  es: lexiconOf([spanish]),
  uk: lexiconOf([ukrainian]),
  ja: lexiconOf([japanese]),
  zh: lexiconOf([chinese]),
  ar: lexiconOf([arabic]),
  other: lexiconOf([]),
};
