// A reply as lines of a terminal. Headings stand at the left edge and nothing else does, and what an agent or a person
// wrote runs behind a bar, so nobody's words can pass for ours.

import { never } from '#core/domain/never.ts';
import type { Block, Choice, Facts, Heading, Progress, Prose, Reply, ReplyFile } from '#core/domain/messages/reply.ts';
import { fit, type Limits } from '../drawing/fit.ts';
import { sayBytes } from '../drawing/phrases.ts';
import { drawTable } from '../drawing/table.ts';
import { toColumns, widthOf, wrap } from '../drawing/width.ts';
import { link, paint, type Colour, type Look } from './screen/look.ts';

/** What is calm to read in one go; the rest is in the file, or on the task's page. */
export const limits: Limits = {
  post: 200_000,
  posts: 1,
  fallback: 200,
  heading: 200,
  prose: 20_000,
  proseLines: 200,
  facts: 30,
  factLabel: 40,
  factValue: 1000,
  files: 20,
  fileName: 200,
  rows: 5,
  cell: 200,
  choices: 10,
  choiceLabel: 60,
  steps: 30,
  stepTitle: 200,
};

const indent = '  ';

/** Lines without an end of line at the last one. */
export function renderTerminal(reply: Reply, look: Look): string {
  const { blocks, fallback } = fit(reply, limits);
  const drawn = blocks.map((block) => ({ kind: block.kind, lines: draw(block, look) })).filter(({ lines }) => lines.length > 0);
  if (drawn.length === 0)
    return wrap(fallback, look.columns - indent.length)
      .map((line) => indent + line)
      .join('\n');
  // A blank line between groups, but a heading belongs to what follows it.
  return drawn.flatMap(({ lines }, i) => (i === 0 || drawn[i - 1]!.kind === 'heading' ? lines : ['', ...lines])).join('\n');
}

function draw(block: Block, look: Look): string[] {
  switch (block.kind) {
    case 'heading':
      return drawHeading(block, look);
    case 'prose':
      return drawProse(block, look);
    case 'facts':
      return drawFacts(block.facts, look);
    case 'files':
      return block.files.flatMap((file) => drawFile(file, look));
    case 'choices':
      return block.choices.flatMap((choice) => drawChoice(choice, look));
    case 'progress':
      return drawSteps(block.steps, look);
    default:
      return never(block);
  }
}

const tones: Readonly<Record<Heading['tone'], { mark: string; colour: Colour }>> = {
  plain: { mark: '●', colour: 'cyan' },
  good: { mark: '✓', colour: 'green' },
  bad: { mark: '✗', colour: 'red' },
  wait: { mark: '…', colour: 'yellow' },
};

function drawHeading({ text, tone }: Heading, look: Look): string[] {
  const { mark, colour } = tones[tone];
  return wrap(text, look.columns - 2).map((line, i) => `${i === 0 ? paint(look, colour, mark) : ' '} ${paint(look, 'bold', line)}`);
}

function drawProse({ text, from }: Prose, look: Look): string[] {
  const bar = { us: indent, agent: `${indent}${paint(look, 'dim', '│')} `, person: `${indent}${paint(look, 'dim', '›')} ` }[from];
  return wrap(from === 'agent' ? withoutShouting(text) : text, look.columns - (from === 'us' ? 2 : 4)).map((line) =>
    `${bar}${line}`.trimEnd(),
  );
}

// Agents write Markdown; its headings and bold words are only noise where nothing can be larger or bolder.
function withoutShouting(text: string): string {
  return text.replace(/^#{1,6} +/gm, '').replace(/(?<![\w*])\*\*(?=\S)([^*\n]+)(?<=\S)\*\*(?![\w*])/g, '$1');
}

function drawFacts(facts: Facts['facts'], look: Look): string[] {
  const room = look.columns - indent.length;
  const labels = facts.map(({ label }) => wrap(label, Math.floor(room / 2)));
  const column = Math.max(...labels.flat().map(widthOf), 0);
  return facts.flatMap(({ value }, i) => {
    const names = labels[i]!;
    const values = wrap(value, room - column - 2);
    return Array.from({ length: Math.max(names.length, values.length) }, (_, line) =>
      `${indent}${paint(look, 'dim', toColumns(names[line] ?? '', column))}  ${values[line] ?? ''}`.trimEnd(),
    );
  });
}

function drawFile({ name, sizeBytes, url, preview }: ReplyFile, look: Look): string[] {
  const title = wrap(`${name}  ${sayBytes(sizeBytes)}`, look.columns - 2 * indent.length).map(
    (line, i) => `${i === 0 ? indent : indent + indent}${paint(look, 'bold', line)}`,
  );
  const address = url === '' ? [] : [`${indent}${link(look, url)}`];
  if (preview === undefined) return [...title, ...address];
  const { head, rows, notes } = drawTable(preview, look.columns - 2 * indent.length);
  const table = [paint(look, 'dim', head), ...rows].map((line) => `${indent}${indent}${line}`);
  return [...title, ...address, ...table, ...notes.flatMap((note) => drawNote(note, look))];
}

function drawNote(note: string, look: Look): string[] {
  return wrap(`… ${note}`, look.columns - indent.length).map((line) => `${indent}${paint(look, 'dim', line)}`);
}

/** Only what opens a page: the other choices are commands here, and the prompt says which. */
function drawChoice({ label, url }: Choice, look: Look): string[] {
  if (url === undefined) return [];
  const whole = `${label}: ${url}`;
  return widthOf(whole) <= look.columns - indent.length
    ? [`${indent}${label}: ${link(look, url)}`]
    : [...wrap(`${label}:`, look.columns - indent.length).map((line) => indent + line), `${indent}${link(look, url)}`];
}

export const stepMarks: Readonly<Record<Progress['steps'][number]['state'], { mark: string; colour: Colour }>> = {
  done: { mark: '✓', colour: 'green' },
  running: { mark: '▸', colour: 'cyan' },
  waiting: { mark: '·', colour: 'dim' },
  failed: { mark: '✗', colour: 'red' },
};

function drawSteps(steps: Progress['steps'], look: Look): string[] {
  return steps.flatMap(({ title, state }) => {
    const { mark, colour } = stepMarks[state];
    return wrap(title, look.columns - 4).map((line, i) => `${indent}${i === 0 ? paint(look, colour, mark) : ' '} ${line}`);
  });
}
