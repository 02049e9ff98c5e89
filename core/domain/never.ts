/** Stands in the last branch of a switch over a closed union: the compiler then finds what was forgotten. */
export function never(value: never): never {
  throw new Error(`not handled: ${JSON.stringify(value)}`);
}
