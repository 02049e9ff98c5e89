// A refusal of a wrong word is kinder when it names the right one.

/** The known word that was probably meant, or undefined when none is near. */
export function didYouMean(given: string, known: readonly string[]): string | undefined {
  const word = plain(given);
  const near = known
    .map((each) => ({ each, distance: editDistance(word, plain(each)) }))
    .filter(({ each, distance }) => distance <= Math.min(2, Math.ceil(each.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.each;
}

function plain(word: string): string {
  return word
    .slice(0, 40)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/** How many letters must be put in, taken out or changed (Levenshtein); two that changed places are two. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
