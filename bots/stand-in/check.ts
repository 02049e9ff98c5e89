// Small checks that are put together to a platform's schemas. Each says what is wrong in the platform's words, and where.

export interface Trouble {
  readonly words: string;
  /** `/blocks/0/text`. */
  readonly at: string;
}

export type Check = (value: unknown, at: string, note: (trouble: Trouble) => void) => void;

export type Fields = Readonly<Record<string, Check>>;

/** How a platform says what is wrong. */
export interface CheckWords {
  readonly notObject: string;
  readonly notList: string;
  readonly notText: string;
  readonly notNumber: string;
  readonly notUrl: string;
  readonly controls: string;
  missing(field: string): string;
  unknown(field: string): string;
  unknownKind(kind: string | number): string;
  tooShort(least: number): string;
  tooLong(most: number): string;
  tooFew(least: number): string;
  tooMany(most: number): string;
  notOneOf(words: readonly unknown[]): string;
  notBetween(least: number, most: number): string;
}

// Anything but ends of lines and tabs; a browser draws nothing for them.
// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/;

/** `kind`: what tells kinds of objects apart, the name or the number in `type`. `urlMost`: characters of an address. */
export function checksIn(words: CheckWords, { kind, urlMost }: { readonly kind: 'string' | 'number'; readonly urlMost: number }) {
  /** An object with these fields and no others. */
  function shape(required: Fields, optional: Fields = {}): Check {
    return (value, at, note) => {
      if (!isRecord(value)) return note({ words: words.notObject, at });
      for (const name of Object.keys(required)) if (value[name] === undefined) note({ words: words.missing(name), at });
      for (const [name, field] of Object.entries(value)) {
        const check = Object.hasOwn(required, name) ? required[name] : Object.hasOwn(optional, name) ? optional[name] : undefined;
        if (check === undefined) note({ words: words.unknown(name), at });
        else if (field !== undefined) check(field, `${at}/${name}`, note);
      }
    };
  }

  /** By its `type`, which the check of each kind is not shown. */
  function kinds(checks: Fields): Check {
    return (value, at, note) => {
      if (!isRecord(value) || typeof value['type'] !== kind) return note({ words: words.missing('type'), at });
      const { type, ...rest } = value;
      const name = type as string | number;
      const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
      if (check === undefined) return note({ words: words.unknownKind(name), at: `${at}/type` });
      check(rest, at, note);
    };
  }

  /** Sizes are in characters as JavaScript counts them. */
  function text(most: number, least = 1): Check {
    return (value, at, note) => {
      if (typeof value !== 'string') return note({ words: words.notText, at });
      if (value.length < least) note({ words: words.tooShort(least), at });
      if (value.length > most) note({ words: words.tooLong(most), at });
      if (controls.test(value)) note({ words: words.controls, at });
    };
  }

  function list(check: Check, most: number, least = 1): Check {
    return (value, at, note) => {
      if (!Array.isArray(value)) return note({ words: words.notList, at });
      if (value.length < least) note({ words: words.tooFew(least), at });
      if (value.length > most) note({ words: words.tooMany(most), at });
      for (const [i, each] of value.slice(0, most).entries()) check(each, `${at}/${i}`, note);
    };
  }

  function oneOf(...allowed: readonly unknown[]): Check {
    return (value, at, note) => {
      if (!allowed.includes(value)) note({ words: words.notOneOf(allowed), at });
    };
  }

  function int(least: number, most: number): Check {
    return (value, at, note) => {
      if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
        note({ words: words.notBetween(least, most), at });
    };
  }

  const number: Check = (value, at, note) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) note({ words: words.notNumber, at });
  };

  const url: Check = (value, at, note) => {
    text(urlMost)(value, at, note);
    if (typeof value === 'string' && !/^https?:\/\/[^\s/]/i.test(value)) note({ words: words.notUrl, at });
  };

  return { shape, kinds, text, list, oneOf, int, number, url, bool: oneOf(true, false) };
}

/** Several checks of the same value. */
export function both(...checks: readonly Check[]): Check {
  return (value, at, note) => {
    for (const check of checks) check(value, at, note);
  };
}

export const anything: Check = () => undefined;

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
