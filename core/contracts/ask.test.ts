import { describe, expect, test } from 'vitest';
import { newId, type FileId, type TeamId, type UserId } from '#core/domain/ids.ts';
import { parseAsk, readWords, type AskInput } from './ask.ts';

const input: AskInput = {
  key: 'slack:T1:C9:1712.34',
  threadRef: 'slack:T1:C9:1712.34',
  channel: 'C9',
  from: { kind: 'user', userId: newId<UserId>(), teamId: newId<TeamId>() },
  text: 'find 100 leads in Miami',
  at: new Date('2026-11-23T12:00:00Z'),
};

function wordsOf(changes: Partial<AskInput>) {
  return readWords(parseAsk({ ...input, ...changes }));
}

describe('an ask from a front door', () => {
  test('is taken as it stands', () => {
    expect(parseAsk(input)).toMatchObject({ ...input, files: [] });
  });

  test.each<[string, Partial<Record<keyof AskInput, unknown>>]>([
    ['key', { key: '' }],
    ['key', { key: 'x'.repeat(301) }],
    ['threadRef', { threadRef: 'no colon' }],
    ['at', { at: '2026-11-23' }],
    ['from.userId', { from: { kind: 'user', userId: 'me', teamId: newId<TeamId>() } }],
    ['type', { type: 'cooking' }],
    ['files.0.fileId', { files: [{ kind: 'stored', fileId: '../x' }] }],
  ])('with a wrong %s is refused by that name', (name, changes) => {
    expect(() => parseAsk({ ...input, ...changes } as AskInput)).toThrow(`${name}:`);
  });

  test('may come from somebody logged in, with files that we keep already', () => {
    const from = { kind: 'user', userId: newId<UserId>(), teamId: newId<TeamId>() } as const;
    const files = [{ kind: 'stored', fileId: newId<FileId>() }] as const;
    expect(parseAsk({ ...input, from, files: [...files] })).toMatchObject({ from, files });
  });
});

describe('the words of an ask', () => {
  test('are cleaned, and may choose the type', () => {
    expect(wordsOf({ text: ' /research oat\u0000 milk ' })).toEqual({ text: 'oat milk', type: 'research' });
  });

  test('give way to a type chosen beside them', () => {
    expect(wordsOf({ text: '/research oat milk', type: 'general' })).toEqual({ text: 'oat milk', type: 'general' });
  });

  test('that are empty or far too long are refused', () => {
    expect(() => wordsOf({ text: ' \u0000 ' })).toThrow('Your request is empty.');
    expect(() => wordsOf({ text: 'a'.repeat(100_001) })).toThrow('longer than 20,000 characters');
  });
});

describe('files that the platform still has', () => {
  const file = { kind: 'remote', name: 'a.csv', mime: 'text/csv', sizeBytes: 5, ref: 'F1' } as const;

  test('ten are taken, eleven are too many', () => {
    expect(wordsOf({ files: Array.from({ length: 10 }, () => file) }).text).toBe(input.text);
    expect(() => wordsOf({ files: Array.from({ length: 11 }, () => file) })).toThrow('this one has 11');
  });

  test('empty ones and larger ones than 50 MB are refused by name', () => {
    expect(() => wordsOf({ files: [{ ...file, sizeBytes: 0 }] })).toThrow('The file “a.csv” is empty.');
    expect(() => wordsOf({ files: [{ ...file, sizeBytes: 50_000_001 }] })).toThrow('The file “a.csv” is larger than 50 MB.');
  });
});
