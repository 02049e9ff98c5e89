// How events, last answers and transcripts of a gateway are read.
import { describe, expect, test } from 'vitest';
import { cpuMs } from '#core/testing/runner/cpu-time.ts';
import { historyReplySchema, ledgerReplySchema, runReplySchema } from '#core/contracts/openclaw.ts';
import { failureIn, reportOfReply, reportOfRows, rowsOf } from './report.ts';
import { stepReader } from './steps.ts';

describe('steps', () => {
  const item = (seq: number, data: object) => ({
    runId: 'r',
    seq,
    stream: 'item',
    data: { kind: 'tool', itemId: 'tool:c1', phase: 'start', status: 'running', title: 'Fetch page', ...data },
  });
  const read = (events: Parameters<ReturnType<typeof stepReader>>[0][]) => {
    const told: string[] = [];
    const reader = stepReader(({ id, title, state }) => told.push(`${id} ${title}: ${state}`), 'results/task-1-a1');
    events.forEach(reader);
    return told;
  };

  test('an item and the call it stands for are one step, under the better title', () => {
    const tool = (seq: number, data: object) => ({
      runId: 'r',
      seq,
      stream: 'tool',
      data: { name: 'web_fetch', toolCallId: 'c1', ...data },
    });
    expect(
      read([
        tool(1, { phase: 'start' }),
        item(2, {}),
        tool(3, { phase: 'update' }),
        tool(4, { phase: 'result' }),
        item(5, { phase: 'end', status: 'completed' }),
      ]),
    ).toEqual(['c1 Web fetch: running', 'c1 Fetch page: running', 'c1 Fetch page: done']);
  });

  test('nothing old, nothing twice, and nothing after the end changes a step', () => {
    expect(
      read([
        item(5, {}),
        item(5, {}),
        item(3, { phase: 'end', status: 'failed' }),
        item(6, { phase: 'end', status: 'completed' }),
        item(7, { phase: 'update' }),
      ]),
    ).toEqual(['c1 Fetch page: running', 'c1 Fetch page: done']);
  });

  test('titles are short, on one line, and without marks that lie', () => {
    expect(read([item(1, { title: `\u202eevil\u0000 \n${'long '.repeat(40)}` })])[0]).toMatch(/^c1 evil: running$/);
    expect(read([item(1, { title: 'x'.repeat(500) })])[0]).toHaveLength('c1 : running'.length + 80);
  });

  test.each([
    ['a command line', { kind: 'command', name: 'exec', title: 'cat /etc/hosts | grep x' }, 'Running a program'],
    ['a program under the kind of all tools', { name: 'bash', title: 'python3 -c "print(1)"' }, 'Running a program'],
    ['a file by its whole path', { name: 'read', title: 'Read /home/agents/ws/results/task-1-a1/leads.csv' }, 'Read leads.csv'],
    ['a file somewhere else', { name: 'read', title: 'Read ~/notes/plan.md' }, 'Read plan.md'],
    ['the folder itself', { name: 'ls', title: 'List results/task-1-a1' }, 'List the folder for results'],
    ['a tool without a title', { name: 'apply_patch', title: '' }, 'Changing files'],
    ['an address', { name: 'web_fetch', title: 'Fetch https://example.com/a/b' }, 'Fetch https://example.com/a/b'],
    ['two words with a slash', { name: 'write', title: 'Check and/or write' }, 'Check and/or write'],
  ])('a step is told in plain words: %s', (_what, data, words) => {
    expect(read([item(1, data)])).toEqual([`c1 ${words}: running`]);
  });

  test('titles name files without the folder, which means nothing to people', () => {
    expect(read([item(1, { title: 'Write to results/task-1-a1/leads.csv' })])).toEqual(['c1 Write to leads.csv: running']);
  });

  test('what the model says or thinks is no step, and odd data is none either', () => {
    expect(
      read([
        item(1, { kind: 'preamble', progressText: 'secret thoughts' }),
        item(2, { kind: 'answer_candidate' }),
        item(3, { itemId: 7 }),
        item(4, { title: 9, name: null }),
        { runId: 'r', seq: 5, stream: 'tool', data: {} },
      ]),
    ).toEqual([]);
  });

  test('an agent in a loop does not fill the log', () => {
    const events = Array.from({ length: 1_000 }, (_, index) => item(index, { itemId: `tool:${index}` }));
    expect(read(events)).toHaveLength(200);
  });
});

describe('a last answer', () => {
  const reply = (some: object) => runReplySchema.parse({ runId: 'r', status: 'ok', ...some });

  test('gives text, files and what was used', () => {
    const usage = { input: 10, output: 5, cacheRead: 100, cacheWrite: 1, total: 116, cost: { total: 0.002 } };
    const report = reportOfReply(
      reply({
        result: {
          payloads: [
            { text: 'One.\nMEDIA:./a.csv', mediaUrl: null },
            { text: 'Two.', mediaUrls: ['./b.csv'] },
            { text: 'oops', isError: true },
          ],
          meta: { durationMs: 1200, agentMeta: { usage, costUsd: 0.0021 }, toolSummary: { calls: 4, tools: ['x'] } },
        },
      }),
    );
    expect(report).toEqual({
      text: 'One.\n\nTwo.',
      named: ['./b.csv', './a.csv'],
      usage: { inputTokens: 111, outputTokens: 5, toolCalls: 4, durationMs: 1200, costMicroUsd: 2100 },
    });
  });

  test('keeps nobody waiting, however it writes about its files', () => {
    const text = `MEDIA: a${' '.repeat(200_000)}b\n${'MEDIA:  \n'.repeat(50_000)}`;
    const reply = runReplySchema.parse({ runId: 'r', status: 'ok', result: { payloads: [{ text }] } });
    const named = [`a${' '.repeat(200_000)}b`];
    expect(cpuMs(() => expect(reportOfReply(reply).named).toEqual(named))).toBeLessThan(5_000);
  });

  test('with odd fields costs those fields, not the answer', () => {
    const report = reportOfReply(
      reply({
        result: {
          payloads: [{ text: 'Fine.' }],
          meta: { durationMs: 'long', agentMeta: { usage: { input: -1, output: '5' }, costUsd: 'much' }, toolSummary: null },
        },
      }),
    );
    expect(report).toEqual({
      text: 'Fine.',
      named: [],
      usage: { inputTokens: 0, outputTokens: 0, toolCalls: 0, durationMs: 0, costMicroUsd: 0 },
    });
  });

  test.each([
    ['an error status', { status: 'error', summary: 'out of credit' }, 'out of credit'],
    [
      'an error status with its reason in the words',
      { status: 'error', summary: 'failed', result: { payloads: [{ text: 'No answer.', isError: true }], meta: {} } },
      'No answer.',
    ],
    [
      'an error behind the word ok',
      { result: { payloads: [{ text: 'HTTP 429', isError: true }], meta: { stopReason: 'error' } } },
      'HTTP 429',
    ],
    ['an error in its facts', { result: { payloads: [], meta: { error: { message: 'context overflow' } } } }, 'context overflow'],
    ['nothing but errors', { result: { payloads: [{ text: 'no key', isError: true }], meta: {} } }, 'no key'],
    ['an answer', { result: { payloads: [{ text: 'fine' }, { text: 'one tool failed', isError: true }], meta: {} } }, null],
  ])('with %s is taken for what it is', (_what, some, failure) => {
    expect(failureIn(reply(some))).toBe(failure);
  });
});

describe('a transcript', () => {
  const row = (role: string, text: string, facts: object, usage?: object) => ({
    role,
    content: [{ type: 'text', text }],
    timestamp: 1_000,
    __openclaw: facts,
    ...(usage && { usage }),
  });
  const cost = (total: number) => ({ input: 10, output: 2, cacheRead: 0, cacheWrite: 0, cost: { total } });
  const history = (messages: object[]) => historyReplySchema.parse({ messages }).messages;

  test('gives the words of one run and the sum of its calls, among others of the same session', () => {
    const rows = history([
      row('user', 'before', { idempotencyKey: 'r0:user' }),
      row('assistant', 'not ours', { runId: 'r0' }, cost(9)),
      row('user', 'ask', { idempotencyKey: 'r1:user' }),
      { role: 'assistant', content: [{ type: 'toolCall' }], timestamp: 2_000, __openclaw: { runId: 'r1' }, usage: cost(0.001) },
      row('assistant', 'Done.\nMEDIA:./x.csv', { runId: 'r1' }, cost(0.002)),
      row('user', 'after', { idempotencyKey: 'r2:user' }),
      row('assistant', 'not ours', {}, cost(9)),
    ]);
    expect(reportOfRows(rowsOf(rows, 'r1'))).toEqual({
      text: 'Done.',
      named: ['./x.csv'],
      usage: { inputTokens: 20, outputTokens: 4, toolCalls: 1, durationMs: 1000, costMicroUsd: 3000 },
    });
  });

  test('with an odd row among its rows costs that row', () => {
    const rows = historyReplySchema.parse({ messages: [null, 'odd', row('assistant', 'Done.', { runId: 'r1' })] }).messages;
    expect(reportOfRows(rowsOf(rows, 'r1'))?.text).toBe('Done.');
    expect(ledgerReplySchema.parse({ tasks: [null, { status: 'pondering' }, { runId: 'r', status: 'running' }] }).tasks).toHaveLength(1);
  });

  test('without a word of the run gives nothing', () => {
    expect(reportOfRows(rowsOf(history([row('user', 'ask', { idempotencyKey: 'r1:user' })]), 'r1'))).toBeNull();
    expect(reportOfRows([])).toBeNull();
  });
});
