// A number that is part of a name counts nothing: "Fortune 500 companies", "7-Eleven stores", "Route 66 motels", "401k".
// Such numbers are taken out of a text before it is read for a quantity. Years are told apart in quantity.ts.

import { nouns, verbs } from './work-words.ts';

export function withoutNameNumbers(text: string): string {
  const known = text.replace(fixed, ' a-name ').replace(numbered, '$<head> a-name');
  if (isTitleCase(known)) return known;
  return known
    .replace(capitalBefore, (all, verb: string, name: string, next: string) =>
      verbs.has(verb.toLowerCase()) && !isVocabulary(name) && !units.test(next) ? `${verb} a-name` : all,
    )
    .replace(capitalWord, (all, next: string) => (isVocabulary(next) ? all : 'a-name'));
}

const before = String.raw`(?<![\p{L}\p{N}_-])`;
const after = String.raw`(?![\p{L}\p{N}_-])`;

/** Names that have their number always. */
const fixed = new RegExp(
  `${before}(?:${[
    String.raw`7[\s-]?eleven|seven[\s-]eleven|[34]m(?= (?!leads?\b|contacts?\b|emails?\b|rows?\b))|1-800-\p{L}+|9[\s-]?to[\s-]?5`,
    String.raw`40[13]\s?\(?k\)?|403\s?\(?b\)?|1099(?=\s+(?:contractors?|workers?|employees?|forms?|freelancers?|filers?))|(?:w|w-)2`,
    String.raw`4k(?=\s+(?:tvs?|video|videos|monitors?|displays?|cameras?|projectors?|screens?|content|ultra))`,
    String.raw`fortune\s+(?:100|500|1000|global)(?:\s+500)?|forbes\s+\d+(?:\s+under\s+\d+)?|(\d\d) under \1|global\s+(?:500|2000)|inc\.?\s+(?:500|5000)`,
    String.raw`s&p\s+\d+|(?:ftse|dax|mdax|nasdaq|russell|stoxx|nikkei|cac|ibex)\s+\d+|fast\s+(?:50|100|500)`,
    String.raw`(?:office|microsoft)\s+365|studio\s+54|area\s+51|catch[\s-]22|big\s+[345]|formula\s+[1234e]|covid[\s-]19`,
    String.raw`five guys|four seasons|six flags|five below|one medical|three mobile|two sigma`,
    String.raw`forever\s+21|motel\s+6|super\s+8|blink[\s-]182|level\s+42|maroon\s+5|web\s+[23](?:\.0)?|industry\s+4\.0`,
  ].join('|')})${after}`,
  'giu',
);

/** Words that a number follows as a part of the name. "For my practice in this area 50 leads" names nothing. */
const heads = `route|highway|hwy|interstate|autobahn|section|windows|iso|din en iso|iec|ieee|rfc|chapter|title|article|form|prop|proposition|class|grade|
  level|tier|phase|stage|step|type|version|series|model|iphone|ipad|galaxy|pixel|android|ios|macos|playstation|ps|xbox|boeing|airbus|porsche|peugeot|channel|
  pier|gate|exit|zone|district|zip|zip code|postal code|postcode|area code|python|php|java|angular|vue|drupal|ubuntu|debian|apollo|agenda|vision|expo|
  page|part|volume|episode|season|aged|ages|psalm|world war|ww|s/4|top secret|nist|soc|pci|euro ncap|league`;
const numbered = new RegExp(
  String.raw`(?<!\b(?:my|our|your|a|an|this|each|every|per)\s)${before}(?<head>${heads
    .replace(/\s*\|\s*/g, '|')
    .trim()
    .replaceAll(' ', String.raw`\s`)})\s+\d+(?:[.,]\d+)*${after}`,
  'giu',
);

/** "find Radiohead 4 fans": a name right behind the verb. In "find Miami 50 leads" the number stands with its unit. */
const capitalBefore = /(?<![\p{L}\p{N}_-])(\p{L}+(?:\s(?:me|us|all|the))?)\s(\p{Lu}[\p{L}&'-]*)\s\d{1,4}(?=\s(\p{L}+))/gu;
/** "find One Direction fans", in the middle of a sentence. */
const capitalWord = /(?<=\p{L}\s)(?:One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Twelve|Twenty|Fifty|Hundred)(?=\s(\p{Lu}\p{Ll}+))/gu;
const units = /^(?:leads?|prospects?|contacts?|e-?mails?|mails?|rows?|records?|entries|posts?|tweets?)$/i;

function isVocabulary(word: string): boolean {
  const plain = word.toLowerCase();
  return nouns.has(plain) || verbs.has(plain) || ['me', 'us', 'the', 'i', 'about', 'up', 'least', 'most'].includes(plain);
}

/** Where every word begins with a capital, capitals tell nothing. */
function isTitleCase(text: string): boolean {
  const words = text.match(/\p{L}{2,}/gu) ?? [];
  return words.filter((word) => /^\p{Lu}/u.test(word)).length > words.length * 0.6;
}
