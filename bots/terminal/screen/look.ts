// How a terminal can show things. Everything reads the same without colour; colour only helps the eye.

import { styleText } from 'node:util';

export interface Look {
  readonly columns: number;
  readonly colour: boolean;
  /** It understands OSC 8, so that an address stays one link even when it is broken over lines. */
  readonly links: boolean;
}

export const plainLook: Look = { columns: 80, colour: false, links: false };

const fewestColumns = 20;
const mostColumns = 120;

/** What a stream and its surroundings say about themselves. Longer lines than 120 columns are hard to read. */
export function lookOf(stream: { readonly isTTY?: boolean; readonly columns?: number }, env: NodeJS.ProcessEnv): Look {
  const terminal = stream.isTTY === true && env['TERM'] !== 'dumb';
  const columns = (stream.isTTY === true ? stream.columns : undefined) || Number.parseInt(env['COLUMNS'] ?? '', 10) || plainLook.columns;
  return {
    columns: Math.min(Math.max(columns, fewestColumns), mostColumns),
    colour: !isSet(env['NO_COLOR']) && (terminal || isForced(env['FORCE_COLOR'])),
    links: terminal && knowsLinks(env),
  };
}

// There is no way to ask, so only terminals that are known to understand it get it.
function knowsLinks(env: NodeJS.ProcessEnv): boolean {
  if (isSet(env['TMUX']) || isSet(env['STY'])) return false;
  if (isSet(env['WT_SESSION']) || isSet(env['KITTY_WINDOW_ID']) || isSet(env['KONSOLE_VERSION'])) return true;
  if (Number(env['VTE_VERSION']) >= 5000) return true;
  return ['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'Hyper'].includes(env['TERM_PROGRAM'] ?? '');
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

function isForced(value: string | undefined): boolean {
  return isSet(value) && value !== '0';
}

export type Colour = 'green' | 'red' | 'yellow' | 'cyan' | 'dim' | 'bold';

export function paint(look: Look, colour: Colour, text: string): string {
  return look.colour && text !== '' ? styleText(colour, text, { validateStream: false }) : text;
}

/** An address of ours, whole on its line, so that it can be copied. */
export function link(look: Look, url: string): string {
  const shown = paint(look, 'cyan', url);
  return look.links ? `\u001b]8;;${url}\u001b\\${shown}\u001b]8;;\u001b\\` : shown;
}
