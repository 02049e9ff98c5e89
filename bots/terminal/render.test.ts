import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { hostileTexts } from '../testing/hostile.ts';
import { everywhere, replyOf } from '../testing/replies.ts';
import { samples, sayingKinds, show } from '../testing/samples.ts';
import { tooWide } from './kit.ts';
import { lookOf, type Look } from './screen/look.ts';
import { renderTerminal } from './render.ts';

const look: Look = { columns: 80, colour: false, links: false };
const done = show(samples('result')[0]!.saying);

test('a result is a heading, the words, the file with its first rows, and the money', () => {
  expect(calm(renderTerminal(done, look))).toMatchInlineSnapshot(`
    "✓ Done: 100 leads
      Sample data: everything in it is made up to show how a result looks. It is not
      real.

      │ Here are 100 leads in Miami.

      leads.csv  12 kB
      http://localhost:3000/f/<id>
        name          company       city          email         phone          score
        Ana Flores…   Flores Dent…  Miami         ana@example…  +1 305 555 0…     92
        Ben Wu (sam…  Wu & Sons R…  Coral Gables  ben@example…  +1 305 555 0…      8
        千代田 花子…  花屋          Hialeah       hanako@exam…  +1 305 555 0…     77
      … 97 more rows in the file

      Used           100 of 100 credits reserved
      Returned       0 credits
      Left to spend  412 credits

      Details: http://localhost:3000/tasks/<id>"
  `);
});

test('a narrow terminal gets the same in fewer columns', () => {
  expect(calm(renderTerminal(done, { ...look, columns: 40 }))).toMatchInlineSnapshot(`
    "✓ Done: 100 leads
      Sample data: everything in it is made
      up to show how a result looks. It is
      not real.

      │ Here are 100 leads in Miami.

      leads.csv  12 kB
      http://localhost:3000/f/<id>
        name        company      city
        Ana Flore…  Flores Den…  Miami
        Ben Wu (s…  Wu & Sons…   Coral Gabl…
        千代田 花…  花屋         Hialeah
      … 3 more columns
      … 97 more rows in the file

      Used           100 of 100 credits
                     reserved
      Returned       0 credits
      Left to spend  412 credits

      Details:
      http://localhost:3000/tasks/<id>"
  `);
});

test('the question before spending says what it would cost, who wants it asked, and that nothing is charged', () => {
  expect(calm(renderTerminal(show(samples('approval')[0]!.saying), look))).toMatchInlineSnapshot(`
    "… Start this task?
      Read as lead-generation because of “leads”. Your team confirms requests over
      50 credits. Nothing is charged until you approve. This request expires on Nov
      24, 2026 at 10:00 AM UTC.

      Quantity       100 leads
      Estimate       about 80, at most 100 credits
      Left to spend  400 credits

      Details: http://localhost:3000/tasks/<id>"
  `);
});

test('nothing is wider than the terminal, at any width', () => {
  const replies = [
    ...sayingKinds.flatMap((kind) => samples(kind).map(({ saying }) => show(saying))),
    ...Object.values(hostileTexts).map((text) => replyOf(...everywhere(text))),
  ];
  for (const columns of [20, 40, 61, 80, 120, 200]) {
    for (const reply of replies) expect(tooWide(renderTerminal(reply, { ...look, columns }), columns)).toEqual([]);
  }
});

test('colour and links add nothing to the words and take nothing from them', () => {
  for (const { saying } of sayingKinds.flatMap(samples)) {
    const reply = show(saying);
    expect(stripVTControlCharacters(renderTerminal(reply, { columns: 80, colour: true, links: true }))).toBe(renderTerminal(reply, look));
  }
});

test('an address of ours is a link where the terminal knows links', () => {
  expect(renderTerminal(done, { ...look, links: true })).toMatch(
    /\u001b\]8;;(http:\/\/localhost:3000\/f\/\S+)\u001b\\\1\u001b\]8;;\u001b\\/,
  );
});

test('the headings and bold words of an agent are read, not their marks', () => {
  const reply = replyOf({ kind: 'prose', text: '## Prices\n**Acme** costs 2**3 and **more**.\nnot**bold**here', from: 'agent' });
  expect(renderTerminal(reply, look)).toBe('  │ Prices\n  │ Acme costs 2**3 and more.\n  │ not**bold**here');
});

test('colour, links and width follow the terminal and the environment', () => {
  const tty = { isTTY: true, columns: 132 };
  expect(lookOf(tty, { TERM: 'xterm' })).toEqual({ columns: 120, colour: true, links: false });
  expect(lookOf({ ...tty, columns: 10 }, { TERM: 'xterm', NO_COLOR: '1' })).toEqual({ columns: 20, colour: false, links: false });
  expect(lookOf({ ...tty, columns: 80 }, { TERM: 'dumb' })).toEqual({ columns: 80, colour: false, links: false });
  expect(lookOf({ ...tty, columns: 80 }, { TERM: 'xterm', VTE_VERSION: '7200' })).toMatchObject({ links: true });
  expect(lookOf({ ...tty, columns: 80 }, { TERM: 'screen', VTE_VERSION: '7200', TMUX: '/tmp/tmux' })).toMatchObject({ links: false });
  expect(lookOf({}, {})).toEqual({ columns: 80, colour: false, links: false });
  expect(lookOf({}, { COLUMNS: '50', FORCE_COLOR: '1' })).toEqual({ columns: 50, colour: true, links: false });
});

function calm(text: string): string {
  return text.replace(/[0-9a-f-]{36}(\.\w+)?/g, '<id>');
}
