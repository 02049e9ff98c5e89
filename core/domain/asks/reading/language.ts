// Which of our languages a message is written in: by script, and in Latin script by the words that only one of them has.

import { lexicons } from './lexicon.ts';
import type { Language } from './reading.ts';

const latin = ['en', 'de', 'fr', 'es'] as const;
const CHARACTERS_LOOKED_AT = 600;

export function languageOf(whole: string): Language {
  const text = whole.length > CHARACTERS_LOOKED_AT ? whole.slice(0, CHARACTERS_LOOKED_AT) : whole;
  if (/[^\u0000-\u024f]/.test(text)) {
    if (/[\u3040-\u30ff]/.test(text)) return 'ja';
    if (/[\u4e00-\u9fff]/.test(text)) return 'zh';
    if (/[\u0400-\u04ff]/.test(text)) return /[ыэъё]/i.test(text) || !/[а-яіїєґ]/i.test(text) ? 'other' : 'uk';
    if (/[\u0600-\u06ff]/.test(text)) return 'ar';
    if (/[\u0900-\u0dff\u0e00-\u0eff\uac00-\ud7af\u0590-\u05ff\u0370-\u03ff\u10a0-\u10ff\u0530-\u058f]/.test(text)) return 'other';
  }
  const scores = [0, 0, 0, 0];
  for (const [word] of text
    .toLowerCase()
    .replaceAll('’', "'")
    .matchAll(/\p{L}+(?:'\p{L}*)?/gu)) {
    const known = latin.map((language) => lexicons[language].find(word) !== undefined);
    const weight = known.filter(Boolean).length === 1 ? 3 : 1;
    known.forEach((is, i) => is && (scores[i]! += weight));
  }
  const best = Math.max(...scores);
  return latin[scores.indexOf(best)]!;
}
