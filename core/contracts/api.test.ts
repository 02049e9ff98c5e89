import { expect, test } from 'vitest';
import { isRefusal } from '#core/domain/refusals/refusal.ts';
import { createTask, eventsQuery, historyQuery, lettersQuery, parseIdempotencyKey, parseRequest, type WrongField } from './api.ts';

const id = '01890000-0000-7000-8000-000000000001';

test('a request with all its fields comes through', () => {
  const request = { requestText: 'find 5 leads', type: 'research', conversationId: id, from: 'terminal', files: [id] };
  expect(parseRequest(createTask, request)).toEqual(request);
  expect(parseRequest(createTask, { requestText: '' })).toEqual({ requestText: '', from: 'web', files: [] }); // the core has better words for it
});

test.each([
  [{}, 'requestText: is missing'],
  [{ requestText: 12 }, 'requestText: must be text'],
  [[], 'request: must be one JSON object'],
  [null, 'request: must be one JSON object'],
  [{ requestText: 'x', type: 'reserch' }, 'type: must be one of our types; did you mean “research”?'],
  [{ requestText: 'x', type: 'Lead Generation' }, 'type: must be one of our types; did you mean “lead-generation”?'],
  [
    { requestText: 'x', type: 'cooking' },
    'type: must be one of lead-generation, email-campaign, web-scraping, social-media, content-creation, research, general',
  ],
  [{ requestText: 'x', conversationId: 'c1' }, 'conversationId: must be an id as we gave it'],
  [{ requestText: 'x', from: 'slack' }, 'from: must be web or terminal'],
  [{ requestText: 'x', files: 'f1' }, 'files: must be a list of file ids'],
  [{ requestText: 'x', files: ['f1'] }, 'files.0: must be an id as we gave it'],
  [{ requestText: 'x', files: Array(11).fill(id) }, 'files: may name at most 10 files'],
])('%j is told what to mend', (request, problem) => {
  expect(problemsOf(() => parseRequest(createTask, request))).toEqual([problem]);
});

test.each([
  [{ text: 'find 5 leads' }, ['requestText: is missing', 'text: is not known here; did you mean “requestText”?']],
  [{ prompt: 'find 5 leads' }, ['requestText: is missing', 'prompt: is not known here; did you mean “requestText”?']],
  [{ requestText: 'x', requesttext: 'y' }, ['requesttext: is not known here; did you mean “requestText”?']],
  [
    { requestText: 'x', tpye: 'research', file: [] },
    ['tpye: is not known here; did you mean “type”?', 'file: is not known here; did you mean “files”?'],
  ],
  [{ requestText: 'x', model: 'y' }, ['model: is not known here; known are requestText, type, conversationId, from, files']],
  [
    JSON.parse('{"requestText":"x","__proto__":{"type":"research"}}'),
    ['__proto__: is not known here; known are requestText, type, conversationId, from, files'],
  ],
  [{ requestText: 'x', constructor: 'y' }, ['constructor: is not known here; known are requestText, type, conversationId, from, files']],
])('a field with a wrong name is told the right one: %j', (request, problems) => {
  expect(problemsOf(() => parseRequest(createTask, request))).toEqual(problems);
});

test('a page of history has 25 tasks where nobody says how many', () => {
  expect(parseRequest(historyQuery, {})).toEqual({ limit: 25 });
  expect(parseRequest(historyQuery, { limit: '50', before: id })).toEqual({ limit: 50, before: id });
});

test.each([
  [historyQuery, { limit: '0' }, 'limit: must be at least 1'],
  [historyQuery, { limit: '51' }, 'limit: must be at most 50'],
  [historyQuery, { limit: '-3' }, 'limit: must be a whole number'],
  [historyQuery, { limit: ['1', '2'] }, 'limit: must be given once'],
  [historyQuery, { before: 'yesterday' }, 'before: must be an id as we gave it'],
  [lettersQuery, { after: '1e3' }, 'after: must be a whole number'],
  [eventsQuery, { after: 'a b' }, 'after: must be a cursor as we gave it'],
  [eventsQuery, { taskId: id }, 'taskId: is not known here; did you mean “task”?'],
] as const)('a query is held to its words %#', (schema, query, problem) => {
  expect(problemsOf(() => parseRequest(schema as typeof historyQuery, query))).toEqual([problem]);
});

test('an idempotency key is taken as it is, and one that could be cut or changed on its way is not', () => {
  expect(parseIdempotencyKey(undefined)).toBe(null);
  expect(parseIdempotencyKey('order-17/a')).toBe('order-17/a');
  for (const key of ['', 'two words', 'a, b', 'ключ', 'x'.repeat(101)]) {
    expect(problemsOf(() => parseIdempotencyKey(key))).toEqual([
      'Idempotency-Key: must have 1 to 100 visible ASCII characters without spaces',
    ]);
  }
});

function problemsOf(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    if (isRefusal(error) && error.code === 'request.invalid')
      return (error.facts as { fields: WrongField[] }).fields.map(({ name, problem }) => `${name}: ${problem}`);
    throw error;
  }
  return [];
}
