// What a parameter may be. A method has one table for all of its parameters, `satisfies Shape<Stripe.…Params>`, so that the
// compiler complains when the SDK knows a parameter that the table does not, or the other way round. What we do not play is
// named as such: it is refused with words that say so, rather than taken and forgotten.

import { invalid } from './problem.ts';
import type { Field, Form } from './form.ts';

export interface Rule<T, Needed extends boolean = boolean> {
  readonly needed: Needed;
  /** Throws a Problem; `at` is how the parameter is called in it. */
  read(value: Field, at: string): T;
}

/** Known to Stripe, not played here. */
export const notPlayed = { notPlayed: true } as const;
export type NotPlayed = typeof notPlayed;

/** A table with exactly the parameters of the SDK's type. */
export type Shape<Params> = { readonly [Name in keyof Params]-?: Rule<unknown> | NotPlayed };

export type Table = Readonly<Record<string, Rule<unknown> | NotPlayed>>;

/** What is read with such a table. */
export type Given<T> = {
  readonly [Name in keyof T as T[Name] extends Rule<unknown, true> ? Name : never]: T[Name] extends Rule<infer Value> ? Value : never;
} & {
  readonly [Name in keyof T as T[Name] extends Rule<unknown, false> ? Name : never]?: T[Name] extends Rule<infer Value> ? Value : never;
};

export function readParams<const T extends Table>(table: T, form: Form, at = ''): Given<T> {
  const called = (name: string) => (at === '' ? name : `${at}[${name}]`);
  const unknown = Object.keys(form).filter((name) => !Object.hasOwn(table, name));
  if (unknown.length > 0)
    throw invalid(`Received unknown parameter${unknown.length > 1 ? 's' : ''}: ${unknown.map(called).join(', ')}`, {
      code: 'parameter_unknown',
      param: called(unknown[0]!),
    });
  const given: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(table)) {
    const value = form[name];
    if ('notPlayed' in rule) {
      if (value !== undefined) throw invalid(`The sandbox does not play the parameter ${called(name)}.`, { param: called(name) });
    } else if (value !== undefined) given[name] = rule.read(value, called(name));
    else if (rule.needed) throw invalid(`Missing required param: ${called(name)}.`, { code: 'parameter_missing', param: called(name) });
  }
  return given as Given<T>;
}

export function needed<T>(rule: Rule<T, false>): Rule<T, true> {
  return { ...rule, needed: true };
}

function rule<T>(read: Rule<T>['read']): Rule<T, false> {
  return { needed: false, read };
}

export function text(most = 5_000): Rule<string, false> {
  return rule((value, at) => {
    const words = textIn(value, at);
    if (words.length > most)
      throw invalid(`Invalid string: ${at} must be at most ${most} characters`, { code: 'string_too_long', param: at });
    return words;
  });
}

/** null for empty text, which unsets. */
export function emptyable<T>(inner: Rule<T, false>): Rule<T | null, false> {
  return rule((value, at) => (value === '' ? null : inner.read(value, at)));
}

export function integer({ least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER } = {}): Rule<number, false> {
  return rule((value, at) => {
    const words = textIn(value, at);
    const number = Number(words);
    if (!/^-?\d+$/.test(words) || !Number.isSafeInteger(number))
      throw invalid(`Invalid integer: ${words.slice(0, 100)}`, { code: 'parameter_invalid_integer', param: at });
    if (number < least)
      throw invalid(`This value must be greater than or equal to ${least}.`, { code: 'parameter_invalid_integer', param: at });
    if (number > most) throw invalid(`This value must be less than or equal to ${most}.`, { code: 'parameter_invalid_integer', param: at });
    return number;
  });
}

export function decimal(least: number, most: number): Rule<number, false> {
  return rule((value, at) => {
    const words = textIn(value, at);
    const number = Number(words);
    if (!/^\d+(\.\d{1,4})?$/.test(words) || number < least || number > most)
      throw invalid(`Invalid decimal: ${words.slice(0, 100)}`, { param: at });
    return number;
  });
}

export const bool: Rule<boolean, false> = rule((value, at) => {
  const words = textIn(value, at);
  if (words !== 'true' && words !== 'false') throw invalid(`Invalid boolean: ${words.slice(0, 100)}`, { param: at });
  return words === 'true';
});

export function oneOf<const Word extends string>(...words: readonly Word[]): Rule<Word, false> {
  return rule((value, at) => {
    const given = textIn(value, at);
    const found = words.find((word) => word === given);
    if (found === undefined) throw invalid(`Invalid ${at}: must be one of ${words.join(', ')}`, { param: at });
    return found;
  });
}

export function list<T>(inner: Rule<T>, most = 100): Rule<readonly T[], false> {
  return rule((value, at) => {
    if (typeof value === 'string') throw invalid('Invalid array', { param: at });
    const places = Object.keys(value);
    if (places.some((place) => !/^\d{1,4}$/.test(place))) throw invalid('Invalid array', { param: at });
    if (places.length > most) throw invalid(`Invalid array: at most ${most} are taken`, { param: at });
    return places.toSorted((a, b) => Number(a) - Number(b)).map((place) => inner.read(value[place]!, `${at}[${place}]`));
  });
}

export function object<const T extends Table>(table: T): Rule<Given<T>, false> {
  return rule((value, at) => {
    if (typeof value === 'string') throw invalid('Invalid object', { param: at });
    return readParams(table, value, at);
  });
}

/** null takes a key away. */
export type MetadataGiven = Readonly<Record<string, string | null>>;

export const metadata: Rule<MetadataGiven, false> = rule((value, at) => {
  if (typeof value === 'string') throw invalid('Invalid object', { param: at });
  const entries = Object.entries(value);
  if (entries.length > 50) throw invalid('You can only have up to 50 metadata keys', { param: at });
  for (const [name, words] of entries) {
    const param = `${at}[${name}]`;
    if (typeof words !== 'string') throw invalid('Metadata values must be strings', { param });
    if (name.length > 40) throw invalid('Metadata keys must be at most 40 characters', { param });
    if (words.length > 500) throw invalid('Metadata values must be at most 500 characters', { param });
  }
  return Object.fromEntries(entries.map(([name, words]) => [name, words === '' ? null : (words as string)]));
});

/** A moment in seconds, or a range of them. */
export interface Range {
  readonly gt?: number;
  readonly gte?: number;
  readonly lt?: number;
  readonly lte?: number;
}

const bounds = { gt: integer(), gte: integer(), lt: integer(), lte: integer() };

export const range: Rule<Range, false> = rule((value, at) => {
  if (typeof value !== 'string') return readParams(bounds, value, at);
  const moment = integer().read(value, at);
  return { gte: moment, lte: moment };
});

export const address: Rule<string, false> = rule((value, at) => {
  const words = textIn(value, at);
  if (words.length > 5_000 || !/^https?:\/\//i.test(words) || !URL.canParse(words))
    throw invalid('Not a valid URL', { code: 'url_invalid', param: at });
  return words;
});

export const expand = list(text(200), 20);

/** What retrieving an object takes. */
export const retrieved = { expand };

/** What all lists take. */
export const paged = { ending_before: text(), limit: integer({ least: 1, most: 100 }), starting_after: text(), expand };

function textIn(value: Field, at: string): string {
  if (typeof value !== 'string') throw invalid('Invalid string: {}', { param: at });
  if (value === '')
    throw invalid(
      `You passed an empty string for '${at}'. We assume empty values are an attempt to unset a parameter; however '${at}' cannot be unset. You should remove '${at}' from your request or supply a non-empty value.`,
      { code: 'parameter_invalid_empty', param: at },
    );
  return value;
}
