// Blocks of every kind: to put a text into each place that a block has, and to look for what must be seen.

import type { Block, Choices, Facts, Files, Heading, Progress, Prose, Reply } from '#core/domain/messages/reply.ts';

export function replyOf(...blocks: Block[]): Reply {
  return { fallback: 'A reply.', blocks };
}

/** Every place where a text of somebody's may stand. Ours are in it too: what we say may name what a person wrote. */
export const places: Readonly<Record<string, (text: string) => Block>> = {
  'our heading': (text): Heading => ({ kind: 'heading', text, tone: 'good' }),
  'our prose': (text): Prose => ({ kind: 'prose', text, from: 'us' }),
  'prose of an agent': (text): Prose => ({ kind: 'prose', text, from: 'agent' }),
  'prose of a person': (text): Prose => ({ kind: 'prose', text, from: 'person' }),
  'the label of a fact': (text): Facts => facts({ label: text, value: '12 credits' }),
  'the value of a fact': (text): Facts => facts({ label: 'Request', value: text }, { label: 'Left', value: '3 credits' }),
  'the name of a file': (text): Files => files({ name: text }),
  'the head of a table': (text): Files => files({ preview: { columns: [text, 'city'], rows: [['Ann', 'Miami']], rowsTotal: 90 } }),
  'the cells of a table': (text): Files =>
    files({ preview: { columns: ['name', 'city', 'mail'], rows: Array.from({ length: 8 }, () => [text, 'Miami', text]), rowsTotal: 1 } }),
  'the label of a choice': (text): Choices => ({
    kind: 'choices',
    choices: [
      { id: 'retry:1', label: text, style: 'main' },
      { id: 'open', label: text, style: 'plain', url: 'http://localhost:3000/tasks/1' },
    ],
  }),
  'the address of a file': (text): Files => files({ url: address(text) }),
  'the address of a choice': (text): Choices => ({
    kind: 'choices',
    choices: [{ id: 'open', label: 'Open', style: 'main', url: address(text) }],
  }),
  'the title of a step': (text): Progress => ({
    kind: 'progress',
    steps: (['done', 'running', 'waiting', 'failed'] as const).map((state) => ({ title: text, state })),
  }),
};

export function everywhere(text: string): Block[] {
  return Object.values(places).map((place) => place(text));
}

/** What we say, and the texts of it that people must find. */
export const ours: readonly { kind: string; block: Block; texts: readonly string[] }[] = [
  ...(['plain', 'good', 'bad', 'wait'] as const).map((tone) => ({
    kind: `a heading (${tone})`,
    block: { kind: 'heading', text: `It is ${tone}`, tone } as const,
    texts: [`It is ${tone}`],
  })),
  ...(['us', 'agent', 'person'] as const).map((from) => ({
    kind: `prose (${from})`,
    block: { kind: 'prose', text: `Said by ${from}, with 5 * 5 = 25.`, from } as const,
    texts: [`Said by ${from}, with 5 * 5 = 25.`],
  })),
  {
    kind: 'facts',
    block: facts({ label: 'Charged', value: '12.5 credits' }, { label: 'Left', value: '87.5 credits' }),
    texts: ['Charged', '12.5 credits', 'Left', '87.5 credits'],
  },
  {
    kind: 'files',
    block: files({
      name: 'leads_of_miami (1).csv',
      sizeBytes: 12_345,
      preview: {
        columns: ['name', 'city'],
        rows: [
          ['Ann', 'Miami'],
          ['Bob', 'Naples'],
        ],
        rowsTotal: 100,
      },
    }),
    texts: ['leads_of_miami (1).csv', '12 kB', 'http://localhost:3000/f/token', 'name', 'Ann', 'Naples', '98 more rows'],
  },
  {
    kind: 'choices',
    block: { kind: 'choices', choices: [{ id: 'open', label: 'Get credits', style: 'main', url: 'http://localhost:3000/buy' }] },
    texts: ['Get credits', 'http://localhost:3000/buy'],
  },
  {
    kind: 'progress',
    block: {
      kind: 'progress',
      steps: (['done', 'running', 'waiting', 'failed'] as const).map((state) => ({ title: `A step that is ${state}`, state })),
    },
    texts: ['A step that is done', 'A step that is running', 'A step that is waiting', 'A step that is failed'],
  },
];

function facts(...entries: Facts['facts']): Facts {
  return { kind: 'facts', facts: entries };
}

function files(...some: Partial<Files['files'][number]>[]): Files {
  return {
    kind: 'files',
    files: some.map((file) => ({ name: 'leads.csv', mime: 'text/csv', sizeBytes: 2048, url: 'http://localhost:3000/f/token', ...file })),
  };
}

function address(text: string): string {
  return `http://localhost:3000/${text.slice(0, 100)}`;
}
