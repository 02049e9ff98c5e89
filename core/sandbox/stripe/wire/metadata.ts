import type { MetadataGiven } from './rules.ts';

/** Keys that are given are set; those without a value are taken away; null takes all away. */
export function mergeMetadata(
  before: Readonly<Record<string, string>> | null,
  given: MetadataGiven | null | undefined,
): Record<string, string> {
  if (given === null) return {};
  const entries = Object.entries({ ...before, ...given });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null));
}
