// What a person sees of a run while it goes on. A gateway tells of each tool call twice (as an item, and as the call itself),
// may repeat itself, and lets agents choose words; a person gets each step once, with a short clean title, and only forwards.

import type { AgentEvent } from '#core/contracts/openclaw.ts';
import { cleanText, firstLine } from '#core/domain/text/text.ts';
import type { AgentStep } from '#core/ports/agents.ts';

const TITLE_CHARACTERS = 80;
/** A run in a loop must not fill the log of its task. */
const MOST_STEPS = 200;

/** Takes the events of one run in any order, and tells of each change once. Titles lose the folder of the run's results. */
export function stepReader(tell: (step: AgentStep) => void, folder: string): (event: AgentEvent) => void {
  const steps = new Map<string, AgentStep & { readonly named: boolean }>();
  let lastSeq = -1;

  return (event) => {
    if (event.seq <= lastSeq) return;
    lastSeq = event.seq;
    const step = readStep(event, folder);
    if (step === null) return;
    const before = steps.get(step.id);
    if (before === undefined && steps.size >= MOST_STEPS) return;
    if (before !== undefined && before.state !== 'running') return;
    const title = before === undefined || (step.named && !before.named) ? step.title : before.title;
    if (before !== undefined && before.title === title && before.state === step.state) return;
    steps.set(step.id, { ...step, title, named: step.named || (before?.named ?? false) });
    tell({ id: step.id, title, state: step.state });
  };
}

/** `named`: the title was made for people, not taken from the name of a tool. */
function readStep({ stream, data }: AgentEvent, folder: string): (AgentStep & { named: boolean }) | null {
  const name = text(data['name']);
  if (stream === 'tool') {
    const id = text(data['toolCallId']);
    if (id === '' || name === '') return null;
    return {
      id,
      title: spoken(name),
      named: false,
      state: data['phase'] !== 'result' ? 'running' : data['isError'] === true ? 'failed' : 'done',
    };
  }
  // The other kinds of items carry what the model says or thinks, which is no step.
  if (stream !== 'item' || !kinds.has(text(data['kind']))) return null;
  const id = text(data['toolCallId']) || text(data['itemId']).replace(/^[a-z]+:/, '');
  const title = isProgram(data) ? spoken('exec') : shown(withoutPlaces(text(data['title']), folder));
  if (id === '' || (title === '' && name === '')) return null;
  return {
    id,
    title: title || spoken(name),
    named: title !== '',
    state: data['phase'] !== 'end' ? 'running' : data['status'] === 'completed' ? 'done' : 'failed',
  };
}

const kinds = new Set(['tool', 'command', 'patch', 'search']);

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 1_000) : '';
}

function shown(title: string): string {
  return firstLine(cleanText(title), TITLE_CHARACTERS);
}

// The title of a program that runs is its command line, which tells people nothing and may hold what is not for them.
function isProgram(data: AgentEvent['data']): boolean {
  return text(data['kind']) === 'command' || programs.has(text(data['name']));
}

const programs = new Set(['exec', 'bash', 'shell']);

/** Where files lie at the gateway means nothing to people: only their names are kept. */
function withoutPlaces(title: string, folder: string): string {
  return title
    .split(/(\s+)/)
    .map((word) => withoutPlace(word, folder))
    .join('');
}

function withoutPlace(word: string, folder: string): string {
  const at = word.indexOf(folder);
  if (at >= 0) return word.slice(at + folder.length).replace(/^\//, '') || 'the folder for results';
  return /^["'`(]?(?:~|\.{1,2})?\/[^/]/.test(word) ? (word.replace(/\/+$/, '').split('/').at(-1) ?? word) : word;
}

const plainNames: Readonly<Record<string, string>> = {
  exec: 'Running a program',
  bash: 'Running a program',
  shell: 'Running a program',
  process: 'Waiting for a program',
  apply_patch: 'Changing files',
  edit: 'Changing a file',
  read: 'Reading a file',
  write: 'Writing a file',
  ls: 'Looking through files',
  tool_search: 'Looking for a tool',
  tool_describe: 'Looking for a tool',
  tool_call: 'Using a tool',
};

/** "web_fetch" → "Web fetch". */
function spoken(name: string): string {
  if (Object.hasOwn(plainNames, name)) return plainNames[name]!;
  const words = shown(name.replace(/[_-]+/g, ' '));
  return words.charAt(0).toUpperCase() + words.slice(1);
}
