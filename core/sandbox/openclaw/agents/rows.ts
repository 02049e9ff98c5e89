// Leads, mails and posts: exactly as many rows as were asked for, each of them made up and saying so. People and companies
// have names nobody bears, mail goes to example.com, and phones ring at 555-01xx, which is kept free for fiction.

import { sampleMark } from '#core/domain/tasks/agent-brief.ts';
import { shorten } from '#core/domain/text/text.ts';
import type { SandboxAgent, Work } from './agent.ts';
import { csvOf } from './csv.ts';
import { pick } from './seeded.ts';
import { placeIn, quantityOf, rowKindIn, subjectOf } from './understand.ts';

const ROWS_MOST = 100_000;

interface RowKind {
  readonly one: string;
  readonly many: string;
  readonly columns: readonly string[];
  row(random: () => number, number: number, about: About): readonly (string | number)[];
}

interface About {
  readonly words: string;
  readonly place: string;
}

export function rowsAgent(usual: keyof typeof kinds): SandboxAgent {
  return async (work) => {
    const kind = kinds[rowKindIn(work.request) ?? usual];
    const quantity = quantityOf(work);
    if (quantity > ROWS_MOST) return `${quantity} ${kind.many} are more than the sandbox makes at once (${ROWS_MOST}).`;
    const { words, follows } = await work.step('read', 'Reading the request', () => subjectOf(work));
    const about = { words: shorten(words.replace(/\s+/g, ' '), 80), place: placeIn(words) ?? 'Sample City' };
    const rows = await work.step('generate', `Making up ${quantity} sample ${quantity === 1 ? kind.one : kind.many}`, () =>
      make(kind, quantity, about, work),
    );
    const name = `sample-${kind.many}.csv`;
    await work.step('write', `Writing ${name}`, () => work.write(name, csvOf(['sample', ...kind.columns], rows)));
    return [
      sampleMark,
      `${quantity} sample ${quantity === 1 ? kind.one : kind.many} for “${about.words}”${follows === null ? '' : `, as you asked: “${shorten(work.request, 80)}”`}.`,
      'All of them are made up: this is the sandbox, where no real agent works. Names, addresses and numbers belong to nobody.',
      ...(work.attached.length > 0 ? [`I did not use the attached ${work.attached.join(', ')}.`] : []),
    ].join('\n');
  };
}

function make(kind: RowKind, quantity: number, about: About, { random }: Work): (readonly (string | number)[])[] {
  return Array.from({ length: quantity }, (_, index) => ['yes', ...kind.row(random, index + 1, about)]);
}

const kinds = {
  leads: {
    one: 'lead',
    many: 'leads',
    columns: ['number', 'name', 'role', 'company', 'email', 'phone', 'city', 'website', 'source'],
    row(random, number, { place }) {
      const name = personName(random);
      const company = `${pick(random, companyFirst)} ${pick(random, companySecond)} (sample)`;
      return [
        number,
        name,
        pick(random, roles),
        company,
        mailOf(name, number),
        phoneOf(random),
        place,
        `https://sample-${number}.example.com`,
        'made up by the sandbox',
      ];
    },
  },
  emails: {
    one: 'email',
    many: 'emails',
    columns: ['number', 'to', 'name', 'subject', 'body'],
    row(random, number, { words }) {
      const name = personName(random);
      const greeting = pick(random, greetings);
      const body = `${greeting} ${name.split(' ')[0]},\n\nThis is sample text for “${words}”. ${pick(random, asks)}\n\nSample Sender`;
      return [number, mailOf(name, number), name, `Sample: ${words}`, body];
    },
  },
  posts: {
    one: 'post',
    many: 'posts',
    columns: ['number', 'platform', 'text', 'hashtags'],
    row(random, number, { words }) {
      return [
        number,
        pick(random, platforms),
        `Sample post ${number} for “${words}”. ${pick(random, hooks)}`,
        `#sample #${pick(random, tags)}`,
      ];
    },
  },
} as const satisfies Record<string, RowKind>;

function personName(random: () => number): string {
  return `${pick(random, firstNames)} ${pick(random, lastNames)}`;
}

function mailOf(name: string, number: number): string {
  return `${name.toLowerCase().replaceAll(' ', '.')}.${number}@example.com`;
}

function phoneOf(random: () => number): string {
  return `${pick(random, areas)}-555-01${String(Math.floor(random() * 100)).padStart(2, '0')}`;
}

const firstNames = [
  'Ada',
  'Bruno',
  'Chiara',
  'Darius',
  'Elif',
  'Farid',
  'Greta',
  'Hiro',
  'Imani',
  'Jonas',
  'Kamala',
  'Luca',
  'Mira',
  'Noor',
  'Oskar',
  'Paloma',
];
const lastNames = ['Sample', 'Example', 'Placeholder', 'Specimen', 'Testperson', 'Fictitious', 'Madeup', 'Nobody'];
const roles = ['Owner', 'Managing Director', 'Head of Sales', 'Marketing Lead', 'Operations Manager', 'Buyer', 'Partner', 'Office Manager'];
const companyFirst = ['Harbor', 'Cedar', 'Northwind', 'Juniper', 'Lantern', 'Meadow', 'Copper', 'Tidewater', 'Bluebird', 'Granite'];
const companySecond = ['Holdings', 'Studio', 'Partners', 'Logistics', 'Realty', 'Foods', 'Clinic', 'Workshop', 'Capital', 'Travel'];
const areas = ['202', '212', '305', '312', '415', '512', '617', '702', '713', '808'];
const greetings = ['Hello', 'Dear', 'Good morning', 'Hi'];
const asks = [
  'Would a short call next week suit you?',
  'May we send you two pages about it?',
  'If this is not for you, one word is enough and we stop.',
  'Whom should we ask instead?',
];
const platforms = ['LinkedIn', 'Instagram', 'X', 'Facebook', 'Threads'];
const hooks = [
  'What would you try first?',
  'Three things we learned, in one picture.',
  'Small step, big difference.',
  'Tell us what we missed.',
];
const tags = ['ideas', 'work', 'people', 'learning', 'today'];
