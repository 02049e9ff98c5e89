import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Block, Reply } from '#core/domain/messages/reply.ts';
import { phrases } from '../drawing/phrases.ts';
import { hostileTexts } from './hostile.ts';
import type { Kit } from './kit.ts';
import { everywhere, ours, places, replyOf } from './replies.ts';
import { samples, sayingKinds, show, withTexts } from './samples.ts';

export function renderingContract<Part>({ adapter, lines, troubles }: Kit<Part>) {
  const { limits } = adapter;
  const shown = (reply: Reply) => adapter.render(reply).flatMap(lines);
  const words = (reply: Reply) => shown(reply).join('\n');

  test.each(sayingKinds)('people see every letter of kind “%s” within the limits of the platform', (kind) => {
    for (const { title, saying } of samples(kind)) mustBeFine(show(saying), title);
  });

  test.each(sayingKinds)('a letter of kind “%s” stays harmless, whatever people and agents wrote', (kind) => {
    for (const { title, saying } of samples(kind)) {
      for (const [hostile, text] of Object.entries(hostileTexts)) mustBeFine(show(withTexts(saying, text)), `${title}, with ${hostile}`);
    }
  });

  test.each(Object.entries(places))('%s stays harmless, whatever is written there', (_, place) => {
    for (const [hostile, text] of Object.entries(hostileTexts)) mustBeFine(replyOf(place(text)), hostile);
  });

  test('a reply with everything in it is fine, whatever the texts are', () => {
    fc.assert(
      fc.property(fc.array(anyBlock, { maxLength: 12 }), (blocks) => mustBeFine(replyOf(...blocks))),
      { numRuns: 60 },
    );
  });

  test('a reply without anything in it still shows its one line', () => {
    expect(words({ fallback: 'Something happened.', blocks: [] })).toContain('Something happened.');
    mustBeFine({ fallback: '', blocks: [] });
  });

  test.each(ours)('people find everything in $kind', ({ block, texts }) => {
    const seen = words(replyOf(block)).replace(/\s+/g, ' ');
    for (const text of texts) expect(seen).toContain(text);
  });

  test('a long text keeps all its words, in order', () => {
    for (const from of ['us', 'agent', 'person'] as const) {
      const text = numberedWords(Math.floor(limits.prose / 8) - 10, limits.proseLines - 2);
      const seen = words(
        replyOf(
          { kind: 'heading', text: 'Before', tone: 'plain' },
          { kind: 'prose', text, from },
          { kind: 'heading', text: 'After', tone: 'plain' },
        ),
      );
      expect(seen.match(/w\d{6}|Before|After/g)).toEqual(['Before', ...text.match(/w\d{6}/g)!, 'After']);
    }
  });

  test('a text that is far too long ends where we say that it does', () => {
    const text = numberedWords(Math.ceil(limits.prose / 4), 50);
    const seen = words(replyOf({ kind: 'prose', text, from: 'agent' }));
    const numbers = seen.match(/w\d{6}/g)!;
    expect(numbers.length).toBeGreaterThan(limits.prose / 20);
    expect(numbers).toEqual(text.match(/w\d{6}/g)!.slice(0, numbers.length));
    expect(seen).toContain(phrases.restLeftOut);
  });

  test('nobody else can write a line that looks like one of ours', () => {
    const said = ours.filter(({ block }) => block.kind !== 'prose' || block.from === 'us');
    const own = new Set(said.flatMap(({ block }) => shown(replyOf(block))).filter((line) => line.trim() !== ''));
    const forgery = [...own].flatMap((line) => [line, line.trim(), line.trim().replace(/^\S+ /, '')]).join('\n');
    for (const [name, place] of Object.entries(places)) {
      if (name.startsWith('our ')) continue;
      const usual = shown(replyOf(place('x')));
      const forged = shown(replyOf(place(`x\n${forgery}\nx`))).filter((line) => own.has(line) && !usual.includes(line));
      expect(forged, name).toEqual([]);
    }
  });

  test('the same reply always gives the same posts', () => {
    const reply = replyOf(...everywhere('Some text of a few words. '.repeat(50)));
    expect(adapter.render(structuredClone(reply))).toEqual(adapter.render(reply));
  });

  function mustBeFine(reply: Reply, what?: string) {
    const parts = adapter.render(reply);
    expect(parts.length, what).toBeGreaterThanOrEqual(1);
    expect(parts.length, what).toBeLessThanOrEqual(limits.posts);
    for (const part of parts) {
      expect(troubles(part), what).toEqual([]);
      const text = lines(part).join('\n');
      expect(text.trim(), what).not.toBe('');
      expect(text.match(unwanted), what).toBeNull();
    }
  }
}

// What moves a cursor, sets a title, turns text round or can't be seen.
const unwanted =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Cs}|\p{M}{5}/gu;

function numberedWords(count: number, lines: number): string {
  const perLine = Math.ceil(count / lines);
  return Array.from({ length: count }, (_, i) => `w${String(i).padStart(6, '0')}${(i + 1) % perLine === 0 ? '\n' : ' '}`)
    .join('')
    .trim();
}

const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 300 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  { weight: 2, arbitrary: fc.constantFrom(...Object.values(hostileTexts).filter((text) => text.length < 20_000)) },
  { weight: 1, arbitrary: fc.lorem({ mode: 'sentences', maxCount: 30 }) },
);
const anyBlock: fc.Arbitrary<Block> = fc.tuple(fc.constantFrom(...Object.values(places)), anyText).map(([place, text]) => place(text));
