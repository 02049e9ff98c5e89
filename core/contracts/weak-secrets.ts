// A secret in production must be one that nobody guesses: long enough, not put together from words, runs along a keyboard or
// a few signs over and over, and not one that stands in our documents. What is refused is a sample, an accident or what people
// think of, never a random value.

import { whyGuessable } from '#core/domain/accounts/guessable-password.ts';
import { readDatabaseAddress } from './database-address.ts';
import type { SettingName } from './settings.ts';

const CHARACTERS_LEAST = 16;
/** 16 random hexadecimal digits have about ten different ones; one in two million of them has fewer than five. */
const DIFFERENT_LEAST = 5;
/** 32 random bytes have about thirty different ones. */
const KEY_DIFFERENT_LEAST = 20;

type Judge = (text: string, example: string) => string | null;

const tooShort = `must have at least ${CHARACTERS_LEAST} characters in production; make one with: openssl rand -hex 24`;
const guessable = 'must be random in production; make one with: openssl rand -hex 24';

const token: Judge = (text, example) => {
  if (text === example || /^your[-_]|password|changeme|example/i.test(text)) return guessable;
  // "xoxb-" and the like are the same for everybody.
  const own = text.replace(/^(xox[a-z]-|xapp-|whsec_|[sr]k_(live|test)_)/, '');
  if (own.length < CHARACTERS_LEAST) return tooShort;
  return new Set(own).size < DIFFERENT_LEAST || isRepetition(own) || isThoughtOf(own) ? guessable : null;
};

/** All of a list count, since each of them is believed. */
const tokens: Judge = (text, example) => firstOf(text.split(',').map((each) => token(each.trim(), example)));

/** Only the first seals; the ones behind it are on their way out. */
const key: Judge = (text) => {
  const first = text.split(',')[0]!.trim();
  const bytes = /^[0-9a-f]{64}$/i.test(first) ? fromHex(first) : fromBase64(first);
  const steps = new Set(bytes.slice(1).map((byte, at) => byte - bytes[at]!));
  const random = new Set(bytes).size >= KEY_DIFFERENT_LEAST && steps.size >= KEY_DIFFERENT_LEAST;
  return random ? null : 'must be 32 random bytes in production; make them with: openssl rand -base64 32';
};

/** The password in an address. Without one the other side knows us by other means. */
const password =
  (needed: boolean, passwordIn: (text: string) => string): Judge =>
  (text, example) => {
    const given = passwordIn(text);
    if (given === '') return needed ? 'must hold a password in production' : null;
    const problem = token(given, passwordIn(example));
    return problem === null ? null : problem.replace('must', 'holds a password that must');
  };

const judges = {
  DATABASE_URL: password(false, (text) => readDatabaseAddress(text)?.password ?? ''),
  REDIS_URL: password(true, (text) => decoded(new URL(text).password)),
  ENCRYPTION_KEY: key,
  METRICS_TOKEN: token,
  SLACK_BOT_TOKEN: token,
  SLACK_SIGNING_SECRET: tokens,
  SLACK_APP_TOKEN: token,
  SLACK_CLIENT_SECRET: token,
  DISCORD_TOKEN: token,
  DISCORD_CLIENT_SECRET: token,
  OPENCLAW_TOKEN: token,
  // A name that its store chose; the secret is the other one.
  AWS_ACCESS_KEY_ID: (text, example) => (text === example ? 'must be a key of yours, not the example' : null),
  AWS_SECRET_ACCESS_KEY: token,
  AWS_SESSION_TOKEN: token,
  STRIPE_SECRET_KEY: token,
  STRIPE_WEBHOOK_SECRET: tokens,
} as const satisfies Partial<Record<SettingName, Judge>>;

export type JudgedSecret = keyof typeof judges;
export const judgedSecrets = Object.keys(judges) as JudgedSecret[];

/** What is wrong with a secret in production, without saying any of it; or null. */
export function weakness(name: JudgedSecret, text: string, example: string): string | null {
  return text === 'off' ? null : judges[name](text, example);
}

function firstOf(problems: readonly (string | null)[]): string | null {
  return problems.find((problem) => problem !== null) ?? null;
}

/** "abab…", "0123456789abcdef0123456789abcdef": the same part again and again. */
function isRepetition(text: string): boolean {
  return (text + text).indexOf(text, 1) < text.length;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Words that people choose secrets from, alone or with a few digits and signs between them, and any word that is repeated. */
function isThoughtOf(text: string): boolean {
  if (whyGuessable(text, { brandName: 'Impacter', person: { email: '', name: ourWords } }) !== null) return true;
  const letters = text.toLowerCase().replace(/[^a-z]/g, '');
  return letters.length >= REPEATED_LEAST && text.length - letters.length <= ADDED_MOST && isRepetition(letters);
}

const ourWords = 'metrics token secret admin gateway openclaw redis postgres database prometheus monitoring production';
const REPEATED_LEAST = 10;
const ADDED_MOST = 8;

function fromHex(text: string): number[] {
  return (text.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}

function fromBase64(text: string): number[] {
  return Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')), (char) => char.charCodeAt(0));
}
