// Small checks that are put together to Slack's schemas. Each says what is wrong in Slack's words, and where.

export interface Trouble {
  readonly words: string;
  /** `/blocks/0/text`. */
  readonly at: string;
}

export type Check = (value: unknown, at: string, note: (trouble: Trouble) => void) => void;

type Fields = Readonly<Record<string, Check>>;

/** An object with these fields and no others. */
export function shape(required: Fields, optional: Fields = {}): Check {
  return (value, at, note) => {
    if (!isRecord(value)) return note({ words: 'must be an object', at });
    for (const name of Object.keys(required)) if (value[name] === undefined) note({ words: `missing required field: ${name}`, at });
    for (const [name, field] of Object.entries(value)) {
      const check = Object.hasOwn(required, name) ? required[name] : Object.hasOwn(optional, name) ? optional[name] : undefined;
      if (check === undefined) note({ words: `invalid additional property: ${name}`, at });
      else if (field !== undefined) check(field, `${at}/${name}`, note);
    }
  };
}

/** By its `type`, which the check of each kind is not shown. */
export function kinds(checks: Fields): Check {
  return (value, at, note) => {
    if (!isRecord(value) || typeof value['type'] !== 'string') return note({ words: 'missing required field: type', at });
    const { type, ...rest } = value;
    const check = Object.hasOwn(checks, type as string) ? checks[type as string] : undefined;
    if (check === undefined) return note({ words: `unsupported type: ${type as string}`, at: `${at}/type` });
    check(rest, at, note);
  };
}

// Anything but ends of lines and tabs; a browser draws nothing for them.
// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/;

/** Sizes are in characters as Slack counts them, which is as JavaScript does. */
export function text(most: number, least = 1): Check {
  return (value, at, note) => {
    if (typeof value !== 'string') return note({ words: 'must be a string', at });
    if (value.length < least) note({ words: `must be more than ${least - 1} characters`, at });
    if (value.length > most) note({ words: `must be less than ${most + 1} characters`, at });
    if (controls.test(value)) note({ words: 'must not contain control characters', at });
  };
}

export function list(check: Check, most: number, least = 1): Check {
  return (value, at, note) => {
    if (!Array.isArray(value)) return note({ words: 'must be an array', at });
    if (value.length < least) note({ words: `no less than ${least} items allowed`, at });
    if (value.length > most) note({ words: `no more than ${most} items allowed`, at });
    for (const [i, each] of value.slice(0, most).entries()) check(each, `${at}/${i}`, note);
  };
}

export function oneOf(...words: readonly unknown[]): Check {
  return (value, at, note) => {
    if (!words.includes(value)) note({ words: `must be one of: ${words.join(', ')}`, at });
  };
}

export const bool: Check = oneOf(true, false);

export function int(least: number, most: number): Check {
  return (value, at, note) => {
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
      note({ words: `must be an integer from ${least} to ${most}`, at });
  };
}

export const number: Check = (value, at, note) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) note({ words: 'must be a number', at });
};

export const url: Check = (value, at, note) => {
  text(3000)(value, at, note);
  if (typeof value === 'string' && !/^https?:\/\/[^\s/]/i.test(value)) note({ words: 'must be a valid URL', at });
};

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
