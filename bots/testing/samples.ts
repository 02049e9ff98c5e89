// Every saying in every variant, for the shared tests and the gallery. The types name what was forgotten.

import { agentTypes } from '#core/domain/tasks/agent-type.ts';
import { amountOf, credits, type Amount } from '#core/domain/credits/credits.ts';
import { APPROVAL_MS } from '#core/domain/tasks/approval.ts';
import { failureCodes } from '#core/domain/tasks/failure.ts';
import { newId, type ConversationId, type FileId, type TaskId } from '#core/domain/ids.ts';
import type { FileSaying, NoticeCode, Saying, SayingKind } from '#core/domain/messages/letter.ts';
import { refusalCodes, type RefusalCode, type RefusalFacts } from '#core/domain/refusals/refusal.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import { replyFor } from '#core/domain/messages/say.ts';
import { taskStatuses } from '#core/domain/tasks/task.ts';

export interface Sample {
  readonly title: string;
  readonly saying: Saying;
}

/** A kind of saying as people meet it, in all its variants. */
export function samples(kind: SayingKind): Sample[] {
  return Object.entries<Saying>(variants[kind]).map(([name, saying]) => ({ title: `${kind}: ${name}`, saying }));
}

export function show(saying: Saying): Reply {
  return replyFor(saying, {
    portalUrl: 'http://localhost:3000',
    linkFor: (fileId: FileId) => `http://localhost:3000/f/${fileId}.ZmlsZQ`,
    now: new Date(at),
    brandName: 'Impacter',
  });
}

/** A saying with another text wherever a person's or an agent's may stand. */
export function withTexts<T extends Saying>(saying: T, text: string): T {
  return replaceTexts(saying, text) as T;
}

const written = new Set(['because', 'summary', 'name', 'columns', 'rows', 'title', 'text', 'given', 'unit', 'asked', 'problem']);

function replaceTexts(value: unknown, text: string, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => replaceTexts(each, text, key));
  if (value instanceof Object)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaceTexts(each, text, name)]));
  return typeof value === 'string' && written.has(key) ? text : value;
}

const at = Date.parse('2026-11-23T10:00:00Z');
const taskId = newId<TaskId>(at);
const conversationId = newId<ConversationId>(at);

function amount(of: number): Amount {
  return amountOf(credits(of));
}

const taken = {
  taskId,
  type: 'lead-generation',
  because: 'read as lead-generation because of “leads”',
  estimateLow: amount(80),
  estimateHigh: amount(100),
} as const;
const hundred = { quantity: 100, stated: true } as const;
const approveBy = new Date(at + APPROVAL_MS).toISOString();
const approval = {
  kind: 'approval',
  ...taken,
  ...hundred,
  available: amount(400),
  waitsFor: 'you',
  above: amount(50),
  approveBy,
} as const;
const wallet = { returned: amount(12), available: amount(412) } as const;
const unheld = { returned: amount(0), available: amount(400) } as const;

const leads: FileSaying = {
  fileId: newId<FileId>(at),
  name: 'leads.csv',
  mime: 'text/csv',
  sizeBytes: 12_345,
  preview: {
    columns: ['name', 'company', 'city', 'email', 'phone', 'score'],
    rows: [
      ['Ana Flores (sample)', 'Flores Dental', 'Miami', 'ana@example.com', '+1 305 555 0100', '92'],
      ['Ben Wu (sample)', 'Wu & Sons Roofing', 'Coral Gables', 'ben@example.com', '+1 305 555 0101', '8'],
      ['千代田 花子 (sample)', '花屋', 'Hialeah', 'hanako@example.com', '+1 305 555 0102', '77'],
    ],
    rowsTotal: 100,
  },
};
const report: FileSaying = { fileId: newId<FileId>(at), name: 'report.pdf', mime: 'application/pdf', sizeBytes: 1_234_567 };

const summary =
  'I looked at 3 competitors.\n\n1. **Acme** sells to dentists and raised its prices in March.\n2. Bolt is cheaper, and slower.\n3. Core has no public price list.\n\nThe whole comparison is in the report.';
const result = {
  kind: 'result',
  taskId,
  type: 'research',
  summary,
  files: [report],
  charged: amount(8.25),
  returned: amount(3.75),
  available: amount(412),
  sample: false,
} as const;
const canceled = { kind: 'canceled', taskId, type: 'lead-generation', used: amount(0), ...wallet, files: [], sample: false } as const;

const variants: { readonly [Kind in SayingKind]: Readonly<Record<string, Extract<Saying, { kind: Kind }>>> } = {
  accepted: {
    'it starts at once': { kind: 'accepted', ...taken, ...hundred, held: amount(100), available: amount(400) },
    'a command began the thread': {
      kind: 'accepted',
      ...taken,
      ...hundred,
      held: amount(100),
      available: amount(400),
      request: { by: 'Ann <!channel> @everyone', text: 'find me 100 leads in *Miami*' },
    },
    'two tasks go first': { kind: 'accepted', ...taken, ...hundred, held: amount(100), available: amount(400), position: 2 },
    'nobody named a number': {
      kind: 'accepted',
      ...taken,
      estimateLow: amount(20),
      estimateHigh: amount(25),
      quantity: 25,
      stated: false,
      held: amount(25),
      available: amount(475),
    },
    'it was taken before counts were said': { kind: 'accepted', ...taken, held: amount(100), available: amount(400) },
    'one credit is held': {
      kind: 'accepted',
      ...taken,
      type: 'general',
      because: 'read as general',
      estimateLow: amount(0.5),
      estimateHigh: amount(1),
      held: amount(1),
      available: amount(0),
    },
  },
  approval: {
    'the team confirms requests over 50 credits': { ...approval, whose: 'team' },
    'the person confirms requests over 50 credits': { ...approval, whose: 'you' },
    'nobody named a number': {
      ...approval,
      estimateLow: amount(20),
      estimateHigh: amount(25),
      quantity: 25,
      stated: false,
      above: amount(0),
      whose: 'team',
    },
    'it is charged by usage': {
      kind: 'approval',
      taskId,
      type: 'research',
      because: 'read as research because of “research”',
      estimateLow: amount(20.5),
      estimateHigh: amount(60),
      available: amount(400),
      waitsFor: 'you',
      above: amount(12.5),
      whose: 'you',
      approveBy,
    },
    'it waits for the person': { kind: 'approval', ...taken, available: amount(400), waitsFor: 'you' },
    'a request was edited': { kind: 'approval', ...taken, available: amount(400), waitsFor: 'you', above: '0', whose: 'you', edited: true },
    'it waits for an approver': { kind: 'approval', ...taken, available: amount(400), waitsFor: 'approver' },
    'it waits for credits': { kind: 'approval', ...taken, available: amount(4), waitsFor: 'credits' },
  },
  refused: refusals(),
  working: {
    'it has just begun': { kind: 'working', taskId, type: 'web-scraping', held: amount(10), steps: [] },
    'it is at its third step': {
      kind: 'working',
      taskId,
      type: 'web-scraping',
      held: amount(10),
      steps: [
        { title: 'Open https://shop.example/list', state: 'done' },
        { title: 'Read page 2', state: 'failed' },
        { title: 'Read page 3', state: 'running' },
        { title: 'Write products.csv', state: 'waiting' },
      ],
    },
    'it took forty steps': {
      kind: 'working',
      taskId,
      type: 'research',
      held: amount(10),
      steps: Array.from({ length: 40 }, (_, i) => ({ title: `Read source ${i + 1}`, state: i < 39 ? 'done' : 'running' })),
    },
    'it is done': { kind: 'working', taskId, type: 'research', held: amount(0), steps: [], ended: 'completed' },
    'it failed': { kind: 'working', taskId, type: 'research', held: amount(0), steps: [], ended: 'failed' },
    'it was canceled': { kind: 'working', taskId, type: 'research', held: amount(0), steps: [], ended: 'canceled' },
  },
  result: {
    'leads came, as sample data': {
      ...result,
      type: 'lead-generation',
      summary: 'Here are 100 leads in Miami.',
      files: [leads],
      charged: amount(100),
      returned: amount(0),
      sample: true,
      units: 100,
    },
    'a report came': result,
    'only words came': { ...result, type: 'general', files: [] },
    'fewer than asked came': {
      ...result,
      type: 'lead-generation',
      summary: 'I found 12 of 100.',
      files: [leads],
      charged: amount(12),
      returned: amount(88),
      units: 12,
    },
    'thirty files came': { ...result, files: Array.from({ length: 30 }, (_, i) => ({ ...report, name: `page-${i + 1}.pdf` })) },
    'a long text came': {
      ...result,
      summary: Array.from({ length: 120 }, (_, i) => `Paragraph ${i + 1}: the market grows, and nobody knows for how long it will.`).join(
        '\n\n',
      ),
      files: [leads, report],
    },
  },
  failed: Object.fromEntries(
    failureCodes.flatMap((code) =>
      agentTypes
        .filter((type) => type === 'research' || type === 'email-campaign')
        .map((type) => [
          `${code} at ${type}`,
          { kind: 'failed', taskId, type, code, ...(code === 'approval.expired' ? unheld : wallet) } as const,
        ]),
    ),
  ),
  canceled: {
    'nothing had been used': canceled,
    'it was never approved, so nothing had been held': { ...canceled, ...unheld },
    'a changed request took its place': { ...canceled, returned: amount(0), replaced: true },
    'a part was used, and delivered': { ...canceled, used: amount(40), returned: amount(60), files: [leads], sample: true },
  },
  balance: {
    'there is plenty': { kind: 'balance', available: amount(1234.5), inUse: amount(0) },
    'some is in use, and it lasts nine days': { kind: 'balance', available: amount(40), inUse: amount(100), daysLeft: 9 },
    'there is nothing left': { kind: 'balance', available: amount(0), inUse: amount(0), daysLeft: 0 },
    'it runs low, and the channel is told': { kind: 'balance', available: amount(25), inUse: amount(10), daysLeft: 2, low: true },
  },
  help: { 'what we can do': { kind: 'help' } },
  history: {
    'nothing was asked yet': { kind: 'history', tasks: [] },
    'one task of each status': {
      kind: 'history',
      tasks: taskStatuses.map((status, i) => ({
        taskId: newId<TaskId>(at - i),
        text: `find ${100 + i} leads in Miami\nwith a second line`,
        status,
        creditsUsed: amount(i),
        at: new Date(at - i * 7_000_000).toISOString(),
      })),
    },
  },
  notice: notices([
    'stopping',
    'nothing-to-stop',
    'passed-on',
    'request-removed',
    'edited-refused',
    'not-yours',
    'too-often',
    'canceled',
    'feedback',
  ]),
};

export const sayingKinds = Object.keys(variants) as SayingKind[];

function notices(codes: readonly NoticeCode[]): Record<NoticeCode, Extract<Saying, { kind: 'notice' }>> {
  return Object.fromEntries(codes.map((notice) => [notice, { kind: 'notice', notice, taskId, conversationId }])) as Record<
    NoticeCode,
    Extract<Saying, { kind: 'notice' }>
  >;
}

function refusals(): Record<RefusalCode, Extract<Saying, { kind: 'refused' }>> {
  const facts: { readonly [Code in RefusalCode as keyof RefusalFacts<Code> extends never ? never : Code]: RefusalFacts<Code> } = {
    'place.not-allowed': { in: ['#leads', '#sales'], direct: true },
    'quantity.too-many': { asked: '1,000,000', most: 1000, unit: 'leads' },
    'quantity.not-positive': { asked: '-5', unit: 'leads' },
    'quantity.not-whole': { asked: '2.5', unit: 'leads' },
    'type.unknown': { given: 'cooking' },
    'file.too-large': { name: 'film.mp4' },
    'file.empty': { name: 'list.csv' },
    'file.broken': { name: 'list.csv' },
    'files.too-many': { count: 12 },
    'files.not-fetched': { name: 'list.csv', count: 3 },
    'credits.short': { need: amount(12), have: amount(9) },
    'limit.reached': { whose: 'channel', need: amount(12), left: amount(3) },
    'team.leaving': { until: '2026-12-09T10:00:00.000Z' },
    'account.last-owner': { teams: ['Acme'] },
    'task.over': { status: 'completed' },
    'conversation.busy': { waiting: 5 },
    'file.gone': { role: 'result' },
    'file.deleted': { role: 'input' },
    'files.waiting': { waiting: 200 },
    'files.yours-waiting': { waiting: 100 },
    'files.arriving': { most: 20 },
    'request.too-many': { waitSeconds: 30 },
    'cancels.too-many': { stopped: 20, waitSeconds: 1_800 },
    'streams.too-many': { most: 20 },
    'member.already': { email: 'grace@example.com' },
    'teams.too-many': { most: 20 },
    'keys.too-many': { most: 20 },
    'key.expired': { at: '2026-12-09T10:00:00.000Z' },
    'invitation.already': { email: 'grace@example.com' },
    'invitations.too-many': { most: 50 },
    'invitation.over': { why: 'expired' },
    'invitation.elsewhere': { email: 'g•••@example.com' },
    'method.wrong': { allowed: ['GET', 'POST'] },
    'request.invalid': {
      fields: [
        { name: 'requestText', problem: 'is missing' },
        { name: 'files', problem: 'must be a list of file ids' },
      ],
    },
  };
  return Object.fromEntries(
    refusalCodes.map((code) => [code, { kind: 'refused', code, facts: code in facts ? facts[code as keyof typeof facts] : {} }]),
  ) as Record<RefusalCode, Extract<Saying, { kind: 'refused' }>>;
}
