// Where the terminal shows things: what was said stays, and below it a few lines live until they are replaced. Where there
// is no terminal, the living lines are printed once each, as they come.

import type { Writable } from 'node:stream';
import { cutToColumns, widthOf } from '../../drawing/width.ts';
import { lookOf, plainLook, type Look } from './look.ts';

export interface Screen {
  /** Lines can be replaced, so a person may be asked something in between. */
  readonly lives: boolean;
  look(): Look;
  /** Stays. */
  say(text: string): void;
  /** Replaces the living lines. Plain text of one line each; `paint` may come after, so that nothing is cut in a colour. */
  live(lines: readonly LiveLine[]): void;
  /** Ends the living lines: those that are not fleeting stay. */
  rest(): void;
}

export interface LiveLine {
  readonly text: string;
  readonly paint?: (text: string) => string;
  /** Moves by itself, so it is nothing to print where lines stay. */
  readonly fleeting?: boolean;
}

export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

export function screenOn(output: Output, env: NodeJS.ProcessEnv): Screen {
  return output.isTTY === true && env['TERM'] !== 'dumb' ? terminalScreen(output, env) : plainScreen(output, env);
}

/** Where nothing but the answer may be printed. */
export const noScreen: Screen = { lives: false, look: () => plainLook, say() {}, live() {}, rest() {} };

function plainScreen(output: Output, env: NodeJS.ProcessEnv): Screen {
  let printed = new Set<string>();
  return {
    lives: false,
    look: () => lookOf(output, env),
    say(text) {
      output.write(`${text}\n`);
    },
    live(lines) {
      for (const { text } of lines.filter(({ text: line, fleeting }) => fleeting !== true && !printed.has(line))) {
        printed.add(text);
        output.write(`${text}\n`);
      }
    },
    rest() {
      printed = new Set();
    },
  };
}

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';

function terminalScreen(output: Output, env: NodeJS.ProcessEnv): Screen {
  let living: readonly LiveLine[] = [];
  /** As they stand on the screen. */
  let drawn: string[] = [];
  const giveCursorBack = () => output.write(showCursor);

  return {
    lives: true,
    look: () => lookOf(output, env),
    say(text) {
      output.write(`${erase()}${text}\n${draw()}`);
    },
    live(lines) {
      if (living.length === 0 && lines.length > 0) {
        output.write(hideCursor);
        process.once('exit', giveCursorBack);
      }
      living = lines.slice(-Math.max(3, (output.rows ?? 24) - 2));
      output.write(erase() + draw());
    },
    rest() {
      if (living.length === 0) return;
      living = living.filter(({ fleeting }) => fleeting !== true);
      output.write(erase() + draw() + showCursor);
      living = [];
      drawn = [];
      process.off('exit', giveCursorBack);
    },
  };

  function draw(): string {
    drawn = living.map(({ text }) => cutToColumns(text, columns() - 1));
    return drawn.map((text, i) => `${living[i]!.paint?.(text) ?? text}\n`).join('');
  }

  /** Back to where the living lines begin. A window that became narrower may have broken them into more rows. */
  function erase(): string {
    const rows = drawn.reduce((sum, text) => sum + Math.max(1, Math.ceil(widthOf(text) / columns())), 0);
    return rows > 0 ? `\u001b[${rows}A\r\u001b[J` : '';
  }

  function columns(): number {
    return output.columns || 80; // a terminal that does not know its size says 0
  }
}
