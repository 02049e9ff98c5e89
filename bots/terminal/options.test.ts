import { expect, test } from 'vitest';
import { readOptions, WrongUse } from './options.ts';

test('words on the command line are one request', () => {
  expect(readOptions(['find', 'me', '100 leads'])).toEqual({ text: 'find me 100 leads', files: [], json: false, yes: false, help: false });
});

test('every option can be set', () => {
  expect(
    readOptions(['--type', 'research', '--file', 'a.csv', '--file=b.csv', '--json', '--yes', '--key', 'k-1', '--continue', id, 'go on']),
  ).toEqual({
    text: 'go on',
    type: 'research',
    files: ['a.csv', 'b.csv'],
    json: true,
    yes: true,
    key: 'k-1',
    conversation: id,
    help: false,
  });
});

test.each([
  [['--type', 'reserch', 'x'], 'Unknown task type “reserch”. Did you mean research?'],
  [['--type', 'cooking', 'x'], 'Unknown task type “cooking”. Types: lead-generation'],
  [['--colour', 'x'], "Unknown option '--colour'"],
  [['--key', 'two words', 'x'], 'A --key has 1 to 128'],
  [['--continue', '17'], '--continue takes the id of a conversation'],
])('%j is told apart as a wrong use', (args, words) => {
  expect(() => readOptions(args)).toThrow(WrongUse);
  expect(() => readOptions(args)).toThrow(words);
});

const id = '0199f000-0000-7000-8000-000000000001';
