// Each line of the corpus against what a person means by it.

import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { read, type Reading } from '#core/domain/asks/read.ts';
import { isAgentType, type AgentType } from '#core/domain/tasks/agent-type.ts';
import { rateOf } from '#core/domain/credits/rates.ts';

export interface Line {
  readonly file: string;
  readonly text: string;
  readonly language: string;
  readonly intent: 'work' | 'nothing' | 'unclear' | 'work or unclear';
  readonly type?: AgentType;
  /** null where the type is charged by usage, or nothing is asked for. */
  readonly count: number | null;
  readonly before?: AgentType;
}

/** `running`: work with a wrong type or count, or where none is asked for. `missed`: asked for, and read as nothing. */
export type Verdict = 'right' | 'asked back' | 'running' | 'missed';

export interface Judged extends Line {
  readonly got: string;
  readonly verdict: Verdict;
}

const folder = path.join(import.meta.dirname, '../../testing/requests');

export function corpus(): Line[] {
  return linesOf(folder);
}

/** Of all tables in a folder. */
export function linesOf(cwd: string): Line[] {
  return globSync('*.csv', { cwd })
    .toSorted()
    .flatMap((file) =>
      rowsOf(readFileSync(path.join(cwd, file), 'utf8'))
        .slice(1)
        .map((cells) => lineOf(file, cells)),
    );
}

function lineOf(file: string, [text = '', language = '', intent = '', type = '', count = '', note = '']: readonly string[]): Line {
  const kind = isAgentType(type) ? type : undefined;
  const before = note.replace('after ', '');
  return {
    file,
    text,
    language,
    intent: intent as Line['intent'],
    ...(kind && { type: kind }),
    count: count === 'usual' && kind ? usualOf(kind) : count === '' ? null : Number(count),
    ...(isAgentType(before) && { before }),
  };
}

function usualOf(type: AgentType): number | null {
  const rate = rateOf(type);
  return rate.unit === null ? null : rate.usualQuantity;
}

function rowsOf(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/g)) {
    if (end === '' && quoted === undefined && plain === '') continue;
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end === '\n') rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}

export function judge(line: Line): Judged {
  let reading: Reading;
  try {
    reading = read(line.text, line.before === undefined ? {} : { before: line.before });
  } catch (error) {
    return { ...line, got: `refused: ${String(error)}`, verdict: line.intent === 'work' ? 'asked back' : 'right' };
  }
  return { ...line, got: say(reading), verdict: verdictOf(line, reading) };
}

function verdictOf(line: Line, reading: Reading): Verdict {
  if (reading.intent === 'work') {
    const asked = line.intent === 'work' || line.intent === 'work or unclear';
    return asked && reading.type === line.type && (reading.count?.value ?? null) === line.count ? 'right' : 'running';
  }
  if (line.intent === reading.intent || (line.intent === 'work or unclear' && reading.intent === 'unclear')) return 'right';
  return reading.intent === 'unclear' ? 'asked back' : 'missed';
}

function say(reading: Reading): string {
  if (reading.intent === 'nothing') return `nothing: ${reading.why}`;
  if (reading.intent === 'work') return `${reading.type} ${reading.count ? `${reading.count.value} ${reading.count.how}` : ''}`.trim();
  return `unclear ${reading.why}: ${reading.choices.map(({ type, count }) => `${type} ${count?.value ?? ''}`.trim()).join(', ')}`;
}

/** What is meant, down; what was read, across. */
export function confusion(judged: readonly Judged[]): string {
  const columns: readonly Verdict[] = ['right', 'asked back', 'running', 'missed'];
  const groups = new Map<string, Judged[]>();
  for (const each of judged)
    for (const name of [each.type ?? each.intent, `in ${each.language}`, each.file]) groups.set(name, [...(groups.get(name) ?? []), each]);
  const line = (cells: readonly (string | number)[]) =>
    cells.map((cell, i) => (i === 0 ? String(cell).padEnd(20) : String(cell).padStart(11))).join('');
  const counts = (name: string, all: readonly Judged[]) =>
    line([name, all.length, ...columns.map((column) => all.filter(({ verdict }) => verdict === column).length)]);
  const named = [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, all]) => counts(name, all));
  return [line(['meant', 'lines', ...columns]), ...named, counts('all', judged)].join('\n');
}
