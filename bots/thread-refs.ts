// A thread ref is one string that is enough to answer there: the platform's word, then its parts between colons.

import type { Platform, ThreadRef } from '#core/domain/messages/thread-ref.ts';

export interface ThreadRefs<Address extends Readonly<Record<string, string>> = Readonly<Record<string, string>>> {
  /** Throws for an address that the platform can't have. */
  format(address: Address): ThreadRef;
  /** null for all that `format` can't have made. */
  parse(text: string): Address | null;
}

/** Refs of a platform from the shapes of their parts, in order: `{ channel: /C\w+/, thread: /\d+/ }`. A shape must match the whole part. */
export function threadRefs<Name extends string>(
  platform: Platform,
  shapes: Readonly<Record<Name, RegExp>>,
): ThreadRefs<Readonly<Record<Name, string>>> {
  const parts = Object.entries<RegExp>(shapes).map(([name, shape]) => ({
    name: name as Name,
    whole: new RegExp(`^(?:${shape.source})$`, shape.flags),
  }));
  return {
    format(address) {
      const wrong = parts.find(({ name, whole }) => !fits(whole, address[name]));
      if (wrong) throw new RangeError(`"${address[wrong.name]}" is not a ${wrong.name} of ${platform}`);
      return [platform, ...parts.map(({ name }) => address[name])].join(':') as ThreadRef;
    },
    parse(text) {
      const [word, ...values] = text.split(':');
      if (word !== platform || values.length !== parts.length) return null;
      if (!parts.every(({ whole }, i) => fits(whole, values[i]!))) return null;
      return Object.fromEntries(parts.map(({ name }, i) => [name, values[i]!])) as Record<Name, string>;
    },
  };
}

function fits(whole: RegExp, value: string): boolean {
  return whole.test(value) && !/[:\s]/.test(value);
}
