// Passwords that are tried first: whatever is put together from one common word, runs along a keyboard, repeated characters and
// a few digits, and whatever is little more than a person's own name or address, or ours. A rule takes the place of a list: it
// knows each of these in every spelling.

export type Guessable = 'common' | 'personal';

export interface About {
  readonly brandName: string;
  /** Whose password it is; null where that is not known. */
  readonly person: { readonly email: string; readonly name: string } | null;
}

export function whyGuessable(password: string, { brandName, person }: About): Guessable | null {
  const text = plain(password);
  if (new Set(text).size <= FEW_CHARACTERS || isRepeated(text)) return 'common';
  const compact = text.replaceAll(separators, '');
  const personal = [...partsOf(brandName), ...(person ? [...partsOf(person.email), ...partsOf(person.name)] : [])];
  const held = [null, ...words.filter((word) => findIn(compact, word))];
  if (held.some((word) => isTrivial(compact, word === null ? [] : [word]))) return 'common';
  return held.some((word) => isTrivial(compact, word === null ? personal : [...personal, word])) ? 'personal' : null;
}

const FEW_CHARACTERS = 3;
/** Digits and symbols that do not make a word or run harder to guess: a year, a date, an exclamation mark. */
const FEW_ADDED = { toWord: 6, toRuns: 4 } as const;
const LEAST_RUN = 3;
const LEAST_REPEATS = 3;
const separators = /[\s._\-,/]/g;

/** The password is covered by words, runs and repeated characters, and has no more than a few digits or symbols besides. */
function isTrivial(text: string, given: readonly string[]): boolean {
  /** The fewest that are left over, up to each place. */
  const added = [0, ...Array.from(text, () => Infinity)];
  for (let at = 0; at < text.length; at++) {
    const here = added[at]!;
    if (here === Infinity) continue;
    const reach = (length: number, more = 0) => (added[at + length] = Math.min(added[at + length]!, here + more));
    for (const word of given) if (startsWith(text, at, word)) reach(word.length);
    for (let length = LEAST_RUN; length <= runAt(text, at); length++) reach(length);
    for (let length = LEAST_REPEATS; length <= repeatsAt(text, at); length++) reach(length);
    if (!/\p{L}/u.test(text[at]!)) reach(1, 1);
  }
  const most = given.some((word) => findIn(text, word)) ? FEW_ADDED.toWord : FEW_ADDED.toRuns;
  return added[text.length]! <= most;
}

function isRepeated(text: string): boolean {
  return [1, 2, 3, 4].some((length) => text === text.slice(0, length).repeat(text.length).slice(0, text.length));
}

function repeatsAt(text: string, at: number): number {
  let length = 1;
  while (text[at + length] === text[at] && at + length < text.length) length++;
  return length;
}

function runAt(text: string, at: number): number {
  return Math.max(...lines.map((line) => longestOf(line, text, at)));
}

function longestOf(line: string, text: string, at: number): number {
  let longest = 0;
  for (let from = line.indexOf(text[at]!); from >= 0; from = line.indexOf(text[at]!, from + 1)) {
    let length = 1;
    while (at + length < text.length && line[from + length] === text[at + length]) length++;
    longest = Math.max(longest, length);
  }
  return longest;
}

/** `P4ssw0rd` is `password`. */
function startsWith(text: string, at: number, word: string): boolean {
  if (at + word.length > text.length) return false;
  for (let i = 0; i < word.length; i++) {
    const char = text[at + i]!;
    if (char !== word[i] && !(standsFor[char] ?? '').includes(word[i]!)) return false;
  }
  return true;
}

function findIn(text: string, word: string): boolean {
  for (let at = 0; at + word.length <= text.length; at++) if (startsWith(text, at, word)) return true;
  return false;
}

const standsFor: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'il',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
};

function plain(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** Of `Ada de la Cruz`: each part, and those that follow one another written as one. */
function partsOf(said: string): string[] {
  const parts = plain(said)
    .split(/[^\p{L}\p{N}]+/u)
    .slice(0, MOST_PARTS);
  const joined = parts.flatMap((_, from) => parts.map((_each, to) => parts.slice(from, to + 1).join('')));
  return [...new Set(joined)].filter((part) => part.length >= LEAST_PART);
}

const MOST_PARTS = 12;
/** Shorter ones would cover anything. */
const LEAST_PART = 3;

/** Where fingers or minds run along, in both directions: alphabet, digits, the rows and columns of keyboards. */
const lines = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  '!@#$%^&*()',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'qsdfghjklm',
  'zxcvbnm',
  'yxcvbnm',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'qazwsxedcrfvtgbyhnujmikolp',
  'a1b2c3d4e5f6g7h8i9j0',
  '1a2b3c4d5e6f7g8h9i0j',
  'йцукенгшщзхъ',
  'фывапролджэ',
  'ячсмитьбю',
].flatMap((line) => [plain(line), Array.from(plain(line)).toReversed().join('')]);

/** What people choose most, by what it is about. */
const words = [
  'password passwort passwd passphrase motdepasse contrasena senha parola wachtwoord haslo sifre secret geheim code',
  'welcome willkommen bienvenue hello hallo bonjour letmein letmeinnow openup opensesame login logmein changeme changeit newpass',
  'admin administrator root user username guest test testing tester default temp temporary demo example sample system manager',
  'iloveyou loveyou iloveu loveme love lovely forever darling sweetheart honey baby babygirl angel princess prinzessin queen king',
  'monkey dragon tiger lion eagle wolf shadow ninja hunter ranger killer master blaster magic wizard phoenix unicorn butterfly',
  'football fussball soccer baseball basketball hockey arsenal liverpool chelsea barcelona realmadrid juventus bayern yankees cowboys',
  'superman batman spiderman starwars startrek pokemon naruto matrix trustno trustme whatever nothing access freedom internet computer',
  'sunshine sonnenschein summer sommer winter spring fruehling autumn herbst monday friday sunday january december holiday weekend',
  'chocolate cookie cheese banana orange apple cherry pepper ginger coffee flower rainbow diamond silver golden purple',
  'michael jordan jennifer jessica ashley daniel thomas robert charlie george andrew nicole samantha maria alexander',
  'qwerty azerty company business office google facebook microsoft windows samsung iphone android linux server database',
].flatMap((line) => line.split(' '));
