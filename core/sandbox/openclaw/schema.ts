// Checks values against the schema that the protocol package ships as a file. Its own validators say the same, but loading
// them takes ten times as long, which every start would pay.

import { readFileSync } from 'node:fs';

export interface ProtocolSchema {
  /** Null when the value fits the definition, else the first thing that is wrong with it. */
  problem(definition: string, value: unknown): string | null;
  has(definition: string): boolean;
}

type Schema = Readonly<Record<string, unknown>>;

let once: ProtocolSchema | undefined;

export function readProtocolSchema(): ProtocolSchema {
  return (once ??= read());
}

function read(): ProtocolSchema {
  const file = new URL('../protocol.schema.json', import.meta.resolve('@openclaw/gateway-protocol'));
  const { definitions } = JSON.parse(readFileSync(file, 'utf8')) as { definitions: Record<string, Schema> };
  return {
    has: (name) => Object.hasOwn(definitions, name),
    problem(name, value) {
      const schema = definitions[name];
      if (schema === undefined) throw new Error(`the protocol has no definition ${name}`);
      return check(schema, value, name);
    },
  };

  function check(schema: Schema, value: unknown, at: string): string | null {
    for (const [keyword, rule] of Object.entries(schema)) {
      const problem = checkKeyword(keyword, rule, schema, value, at);
      if (problem !== null) return problem;
    }
    return null;
  }

  function checkKeyword(keyword: string, rule: unknown, schema: Schema, value: unknown, at: string): string | null {
    const no = (what: string) => `${at}: ${what}`;
    switch (keyword) {
      case '$ref':
        return check(definitions[(rule as string).replace('#/definitions/', '')]!, value, at);
      case 'anyOf':
      case 'oneOf': {
        const fits = (rule as Schema[]).filter((each) => check(each, value, at) === null).length;
        return fits === 0 || (keyword === 'oneOf' && fits > 1) ? no(`fits ${fits} of its ${keyword}`) : null;
      }
      case 'allOf':
        return first(rule as Schema[], (each) => check(each, value, at));
      case 'not':
        return check(rule as Schema, value, at) === null ? no('is what it must not be') : null;
      case 'const':
        return Object.is(value, rule) ? null : no(`must be ${JSON.stringify(rule)}`);
      case 'enum':
        return (rule as unknown[]).includes(value) ? null : no(`must be one of ${JSON.stringify(rule)}`);
      case 'type':
        return hasType(value, rule as string) ? null : no(`must be ${String(rule)}`);
      case 'required':
        return isObject(value) ? first(rule as string[], (name) => (Object.hasOwn(value, name) ? null : no(`lacks ${name}`))) : null;
      case 'properties':
        return isObject(value)
          ? first(Object.entries(rule as Record<string, Schema>), ([name, each]) =>
              Object.hasOwn(value, name) ? check(each, value[name], `${at}.${name}`) : null,
            )
          : null;
      case 'patternProperties':
        return isObject(value)
          ? first(Object.entries(rule as Record<string, Schema>), ([pattern, each]) =>
              first(Object.keys(value), (name) => (new RegExp(pattern).test(name) ? check(each, value[name], `${at}.${name}`) : null)),
            )
          : null;
      case 'additionalProperties':
        return isObject(value) && rule !== true
          ? first(Object.keys(value), (name) => checkExtra(rule as Schema | false, schema, name, value[name], at))
          : null;
      case 'propertyNames':
        return isObject(value) ? first(Object.keys(value), (name) => check(rule as Schema, name, `${at}.${name}`)) : null;
      case 'items':
        return Array.isArray(value) ? first([...value.entries()], ([index, each]) => check(rule as Schema, each, `${at}[${index}]`)) : null;
      case 'minItems':
        return Array.isArray(value) && value.length < (rule as number) ? no(`has fewer than ${String(rule)} items`) : null;
      case 'maxItems':
        return Array.isArray(value) && value.length > (rule as number) ? no(`has more than ${String(rule)} items`) : null;
      case 'uniqueItems':
        return Array.isArray(value) && new Set(value.map((each) => JSON.stringify(each))).size < value.length
          ? no('has equal items')
          : null;
      case 'minProperties':
        return isObject(value) && Object.keys(value).length < (rule as number) ? no(`has fewer than ${String(rule)} properties`) : null;
      case 'maxProperties':
        return isObject(value) && Object.keys(value).length > (rule as number) ? no(`has more than ${String(rule)} properties`) : null;
      case 'minLength':
        return typeof value === 'string' && Array.from(value).length < (rule as number) ? no(`is shorter than ${String(rule)}`) : null;
      case 'maxLength':
        return typeof value === 'string' && Array.from(value).length > (rule as number) ? no(`is longer than ${String(rule)}`) : null;
      case 'pattern':
        return typeof value === 'string' && !new RegExp(rule as string, 'u').test(value) ? no(`does not match ${String(rule)}`) : null;
      case 'minimum':
        return typeof value === 'number' && value < (rule as number) ? no(`is below ${String(rule)}`) : null;
      case 'maximum':
        return typeof value === 'number' && value > (rule as number) ? no(`is above ${String(rule)}`) : null;
      default:
        // A rule that we do not know would be a rule that we do not keep.
        if (!annotations.has(keyword) && !keyword.startsWith('x-'))
          throw new Error(`the protocol's schema uses ${keyword}, which is not checked here`);
        return null;
    }
  }

  function checkExtra(
    rule: Schema | false,
    { properties, patternProperties }: Schema,
    name: string,
    value: unknown,
    at: string,
  ): string | null {
    if (isObject(properties) && Object.hasOwn(properties, name)) return null;
    if (isObject(patternProperties) && Object.keys(patternProperties).some((pattern) => new RegExp(pattern).test(name))) return null;
    return rule === false ? `${at}: has ${name}, which is not part of it` : check(rule, value, `${at}.${name}`);
  }
}

const annotations = new Set(['$id', '$schema', 'title', 'description', 'default', 'deprecated', 'discriminator']);

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function first<T>(all: readonly T[], check: (each: T) => string | null): string | null {
  for (const each of all) {
    const problem = check(each);
    if (problem !== null) return problem;
  }
  return null;
}
