import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '#core/contracts/env.ts';
import { classify } from './classify.ts';
import { credits, NO_CREDITS, sayCredits } from '../credits/credits.ts';
import { EXAMPLE } from './example.ts';
import { priced, suggestedAsks } from './examples.ts';

const nothingLearned = () => undefined;
const starting = readConfig({}).people.startingCredits.credits;

test('a new person gets four suggestions, and can pay each of them', () => {
  expect(shown(starting)).toEqual([
    ['Find me 25 leads: dentists in Austin', 'lead-generation', '25 credits'],
    ['Write a short article about sourdough bread', 'content-creation', '25 credits'],
    ['Research three competitors of a small coffee roaster', 'research', '40 credits'],
    ['Write 20 emails that invite customers to a wine tasting', 'email-campaign', '10 credits'],
  ]);
});

test('suggestions get smaller with fewer credits, and what cannot be paid is not suggested', () => {
  expect(shown(credits(6))).toEqual([
    ['Find me 5 leads: dentists in Austin', 'lead-generation', '5 credits'],
    ['Write 10 emails that invite customers to a wine tasting', 'email-campaign', '5 credits'],
  ]);
  expect(suggestedAsks(NO_CREDITS, nothingLearned)).toEqual({ asks: [], least: credits(1) });
});

test('suggestions cost what such work has really cost', () => {
  const learned = { tasks: 100, p50: credits(4), p90: credits(6) };
  const { asks } = suggestedAsks(starting, (type) => (type === 'research' ? learned : undefined));
  expect(asks.find(({ text }) => text.startsWith('Research'))).toMatchObject({ low: credits(4), high: credits(6) });
});

test('no example that we print costs more than a new person has', () => {
  const printed = [...placesWithExamples()].flatMap((file) =>
    Array.from(readFileSync(file, 'utf8').matchAll(asked), ([text]) => ({ file: path.relative(root, file), text })),
  );
  expect(printed.length).toBeGreaterThan(10);
  expect(printed.filter(({ text }) => priced(text).high > starting)).toEqual([]);
  expect(priced(EXAMPLE).high).toBeLessThanOrEqual(starting);
});

test('nothing that we print promises a price before work begins: it comes with the first answer', () => {
  const promises = [...placesWithExamples()].flatMap((file) =>
    Array.from(readFileSync(file, 'utf8').matchAll(promised), ([text]) => `${path.relative(root, file)}: ${text}`),
  );
  expect(promises).toEqual([]);
});

function shown(available: bigint & ReturnType<typeof credits>) {
  return suggestedAsks(available, nothingLearned).asks.map(({ text, high }) => [text, classify(text).type, sayCredits(high)]);
}

const root = path.join(import.meta.dirname, '../../..');
/** “find me 25 leads …”, wherever it stands, up to the end of its quotation. */
const asked = /\b(?:find|get|write|scrape|make)(?: me)? \d[\d,]* (?:more )?(?:leads|emails|posts|rows)\b[^"'`\\\n<.]*/gi;
const promised =
  /\bsees? what (?:it|that|this) (?:will |may )?costs? before[^.'"`]*|\bbefore (?:it begins|(?:the )?work (?:begins|starts|runs))\b|nothing runs before[^.'"`]*/gi;

/** What people read: pages, mails, letters, the terminal's help, the first lines of a start, and the documents. */
function* placesWithExamples(): Iterable<string> {
  for (const folder of ['web/app', 'docs']) yield* filesIn(path.join(root, folder));
  for (const file of [
    'README.md',
    'core/main.ts',
    'core/domain/messages/say.ts',
    'core/domain/mail/say-mail.ts',
    'core/domain/talk/talk-answers.ts',
    'core/domain/refusals/refusal.ts',
    'core/domain/README.md',
    'bots/terminal/options.ts',
    'web/server/routes/landing.ts',
  ])
    yield path.join(root, file);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.(tsx?|md)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}
