// What somebody thinks of what we delivered: "these 50 leads are duplicates", "great leads!".

/** What we deliver, by every name people give it. */
export const ours =
  set(`lead leads contact contacts prospect prospects email emails mail mails row rows post posts tweet tweets caption captions
  result results list lists file files csv pdf spreadsheet data report reports article articles text texts summary research address addresses
  number numbers answer answers task tasks work job output link links download downloads ones stuff names draft drafts newsletter copy`);

const good =
  set(`great good perfect awesome excellent amazing fantastic wonderful helpful useful brilliant super fine nice lovely superb impressive cool
  neat worked love beautiful solid accurate gold fire`);
const bad =
  set(`wrong bad worse worst terrible awful horrible useless worthless garbage trash rubbish crap junk spam fake invalid outdated old stale
  duplicate duplicates duplicated incomplete missing empty irrelevant incorrect inaccurate broken poor disappointing disappointed unusable dead late
  nonsense generic boring bounced unacceptable ridiculous scam fraud unhappy slow expensive unrelated mess joke shit bullshit sucks suck wasted waste low`);
const degrees = set('very so really just quite too what such pretty all absolutely totally completely simply a an the is was how');
const tails = set('everyone team guys again indeed though here service quality city country time so far today stuff one ones');
const states =
  set(`is are was were isn't aren't wasn't weren't look looks looked seem seems seemed came come have has had contain contains turned do don't
  does doesn't did didn't can't won't never bounced work worked works suck sucks it's that's they're`);
const negations = set("not never isn't aren't wasn't weren't don't doesn't didn't can't won't no hardly");
const works = set('work works exist open match load arrive come fit help make deliver answer meet what exactly enough right correct valid');
const about = set('about why how should must need needs want please instead if when');

const someOf = set('all most half some many both none of them these those');

/** "These 50 leads are duplicates", "it doesn't work", "great leads!" */
export function verdict(words: readonly string[]): 'good' | 'bad' | null {
  if (words.length > 24 || words.some((word) => about.has(word))) return null;
  if (words.every((word) => degrees.has(word) || good.has(word) || bad.has(word) || tails.has(word) || ours.has(word)))
    return (degrees.has(words[0]!) || good.has(words[0]!) || bad.has(words[0]!)) &&
      words.length <= 6 &&
      words.filter((word) => ours.has(word)).length <= 1
      ? judge(words)
      : null;
  const state = words.findIndex((word) => states.has(word));
  if (state < 0 || state > 14) return null;
  const subject = words.slice(0, state);
  const pronoun =
    (subject.length > 0 && subject.every((word) => someOf.has(word))) ||
    (subject.length <= 1 && /^(?:it|they|that|this|these|those|everything|nothing|it's|that's|they're|)$/.test(subject[0] ?? ''));
  const named = /^(?:the|these|those|your|this|that|all|most|half|some|many|both|none|\d+|[a-z]+ of)$/.test(
    subject[0] === 'one' ? 'some' : (subject[0] ?? ''),
  );
  if (subject.length === 0 && !/^(?:it's|that's|they're)$/.test(words[0]!)) return null;
  if (!pronoun && !(named && subject.some((word) => ours.has(word)) && (!/^\d/.test(subject[0]!) || subject[1] === 'of'))) return null;
  const rest = words.slice(state);
  return rest.length > 14 ? null : judge(subject[0] === 'none' || subject[0] === 'nothing' ? ['not', ...rest] : rest);
}

function judge(words: readonly string[]): 'good' | 'bad' | null {
  const isNot = words.some((word) => negations.has(word));
  if (words.some((word) => bad.has(word))) return isNot && !words.some((word) => good.has(word) || works.has(word)) ? null : 'bad';
  // "not good", "don't work", "have no phone numbers"
  const isMissed =
    words.some((word, at) => word === 'no' && /^(?:has|have|had|contains?)$/.test(words[at - 1] ?? '')) &&
    words.some((word) => ours.has(word));
  if (isNot) return isMissed || words.some((word) => good.has(word) || works.has(word)) ? 'bad' : null;
  return words.some((word) => good.has(word)) ? 'good' : null;
}

export function set(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/));
}
