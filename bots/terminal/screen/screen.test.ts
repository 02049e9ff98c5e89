import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { screenOn, type Output } from './screen.ts';

const steps = (...marks: string[]) => [
  ...marks.map((mark, i) => ({ text: `${mark} step ${i}` })),
  { text: 'Working 0:07', fleeting: true },
];

test('where output is no terminal, each change is printed once and the running time is not', () => {
  const { output, printed } = outputOf({});
  const screen = screenOn(output, {});
  screen.live(steps('▸'));
  screen.live(steps('▸'));
  screen.live(steps('✓', '▸'));
  screen.say('Done');
  screen.rest();
  expect(printed()).toBe('▸ step 0\n✓ step 0\n▸ step 1\nDone\n');
});

test('in a terminal live lines are redrawn in place, messages appear above them, and the steps stay at the end', () => {
  const { output, printed } = outputOf({ isTTY: true, columns: 40, rows: 24 });
  const screen = screenOn(output, { TERM: 'xterm' });
  screen.live(steps('▸'));
  screen.live(steps('✓', '▸'));
  screen.say('Lost');
  screen.rest();
  const [hide, show] = ['\u001b[?25l', '\u001b[?25h'];
  const up = (rows: number) => `\u001b[${rows}A\r\u001b[J`;
  expect(printed()).toBe(
    `${hide}▸ step 0\nWorking 0:07\n${up(2)}✓ step 0\n▸ step 1\nWorking 0:07\n${up(3)}Lost\n✓ step 0\n▸ step 1\nWorking 0:07\n${up(3)}✓ step 0\n▸ step 1\n${show}`,
  );
});

test('live lines that wrapped in a narrower window are all erased', () => {
  const { output, printed } = outputOf({ isTTY: true, columns: 60, rows: 24 });
  const screen = screenOn(output, { TERM: 'xterm' });
  screen.live([{ text: 'x'.repeat(50), fleeting: true }]);
  Object.assign(output, { columns: 20 });
  screen.rest();
  expect(printed()).toContain('\u001b[3A');
});

function outputOf(properties: Partial<Output>): { output: Output; printed(): string } {
  const output = Object.assign(new PassThrough(), properties) as Output & PassThrough;
  return { output, printed: () => String(output.read()) };
}
