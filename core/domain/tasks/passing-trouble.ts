// Trouble of a model that may be over the next time: it is asked too often, or its own service fails. A gateway has no code for
// it and tells it in the words of an error, as HTTP status or as a sentence. Those words may also be an agent's, so all that
// hangs on them is that harmless work is tried once more.

const passing =
  /^(?:error:? *)?(?:429|50[0234]|529)\b|\bHTTP(?: status| error)?:? *(?:429|50[0234]|529)\b|\brate.limit (?:was )?(?:reached|exceeded)\b|\btemporarily overloaded\b/i;

export function isPassingTrouble(reason: string): boolean {
  return passing.test(reason.trim());
}
