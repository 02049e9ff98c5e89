// What people get from the sandbox's agents: exactly what was asked for, and nothing that could be taken for real by mistake.
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import type { AgentJob, Agents } from '#core/ports/agents.ts';
import { jobOf, stageAgents, watching, type AgentsStage } from '#core/testing/stages/agents-stage.ts';

let stage: AgentsStage;
let agents: Agents;
let site: http.Server;
let page: string;
beforeAll(async () => {
  site = http.createServer((request, response) => {
    if (request.url === '/prices') response.writeHead(200, { 'content-type': 'text/html' }).end(pricePage);
    else if (request.url === '/trap')
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>=HYPERLINK("http://evil.example")</p><p>@SUM(A1)</p>');
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  page = `http://127.0.0.1:${(site.address() as { port: number }).port}/prices`;
  stage = await stageAgents({ loopbackPages: [new URL(page).origin] });
  agents = stage.open({ workspaceRoot: stage.sandbox.workspaceRoot });
});
afterAll(async () => {
  site.closeAllConnections();
  await new Promise((resolve) => site.close(resolve));
  await stage.close();
});

const pricePage = `<html><head><title>x</title><script>evil()</script></head><body><h1>Our prices</h1><p>All in euros.</p>
<table><tr><th>Tea</th><th>Price</th></tr><tr><td>Green</td><td>=4+4</td></tr></table><a href="/order">Order</a><a href="https://example.com/">Elsewhere</a></body></html>`;

async function ask(type: AgentType, message: string, quantity: number | null, some: Partial<AgentJob> = {}) {
  const outcome = await agents.run(jobOf({ type, message, quantity, ...some }), watching(), new AbortController().signal);
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  const files = Object.fromEntries(
    await Promise.all(outcome.files.map(async (file) => [file.name, await text(await file.open())] as const)),
  );
  return {
    ...outcome,
    files,
    rows: Object.entries(files).flatMap(([name, content]) =>
      name.endsWith('.csv') ? (parse(content, { columns: true }) as Record<string, string>[]) : [],
    ),
  };
}

describe('rows', () => {
  test.each<[AgentType, string]>([
    ['lead-generation', 'sample-leads.csv'],
    ['email-campaign', 'sample-emails.csv'],
    ['social-media', 'sample-posts.csv'],
  ])('of %s are exactly as many as asked, each marked as a sample, and so are file and reply', async (type, name) => {
    for (const quantity of [0, 1, 7, 1000]) {
      const { rows, files, sample, text: reply } = await ask(type, 'do it for bakeries in Miami', quantity);
      expect(Object.keys(files)).toEqual([name]);
      expect(rows).toHaveLength(quantity);
      expect(rows.every((row) => row['sample'] === 'yes')).toBe(true);
      expect(sample).toBe(true);
      expect(reply.split('\n').slice(0, 2)).toEqual(['[sample data]', expect.stringMatching(new RegExp(`^${quantity} sample`)) as string]);
    }
  });

  test('lead to nobody: mail goes to example.com, phones ring in fiction, companies say what they are', async () => {
    const { rows } = await ask('lead-generation', 'find 200 leads in New York', 200);
    for (const row of rows) {
      expect(row['email']).toMatch(/^[a-z.]+\.\d+@example\.com$/);
      expect(row['phone']).toMatch(/^\d{3}-555-01\d\d$/);
      expect(row['company']).toMatch(/\(sample\)$/);
      expect(row['website']).toMatch(/^https:\/\/sample-\d+\.example\.com$/);
      expect(row).toMatchObject({ city: 'New York', source: 'made up by the sandbox' });
    }
    expect(new Set(rows.map(({ email }) => email)).size).toBe(200);
  });

  test('are the same for the same request, and others for another', async () => {
    const [one, same, other] = [
      await ask('lead-generation', 'leads in Rome', 20),
      await ask('lead-generation', 'leads in Rome', 20),
      await ask('lead-generation', 'leads in Oslo', 20),
    ];
    expect(one.files).toEqual(same.files);
    expect(one.files).not.toEqual(other.files);
  });

  test('never hold a formula, whatever the request says', async () => {
    const { rows } = await ask('email-campaign', '=HYPERLINK("http://evil.example","click") mails', 3);
    for (const value of rows.flatMap((row) => Object.values(row))) expect(value).not.toMatch(/^[=+\-@\t\r]/);
  });

  test('follow what the session already said', async () => {
    const sessionKey = 'agent:lead-generation:c-follow';
    await ask('lead-generation', 'find me 5 leads in Miami', 5, { sessionKey });
    const more = await ask('lead-generation', 'make it 20', null, { sessionKey });
    expect(more.rows).toHaveLength(20);
    expect(more.rows[0]).toMatchObject({ city: 'Miami' });
    expect(more.text).toContain('20 sample leads for “find me 5 leads in Miami”, as you asked: “make it 20”.');
    const mails = await ask('lead-generation', 'now as emails please', null, { sessionKey });
    expect(mails.rows).toHaveLength(20);
    expect(mails.rows[0]).toMatchObject({ subject: 'Sample: find me 5 leads in Miami' });
  });

  test('follow what other sessions of the conversation said, as the request tells it', async () => {
    const told = 'Earlier in this conversation:\nAsked: find me 5 leads in Miami\nAnswered: done\n\nNow asked:\nwrite mails to them';
    const { rows } = await ask('email-campaign', told, null);
    expect(rows).toHaveLength(5);
    expect(rows[0]).toMatchObject({ subject: 'Sample: find me 5 leads in Miami' });
  });
});

describe('documents', () => {
  test.each<AgentType>(['content-creation', 'research'])(
    'of %s come as Markdown and PDF and say which parts are sample text',
    async (type) => {
      const { files, sample, text: reply } = await ask(type, 'write about green tea in Kyoto', null);
      expect(Object.keys(files).toSorted()).toEqual(['sample-about-green-tea-in-kyoto.md', 'sample-about-green-tea-in-kyoto.pdf']);
      const markdown = files['sample-about-green-tea-in-kyoto.md']!;
      expect(markdown).toContain('> SAMPLE. Written by the sandbox.');
      expect(markdown).toContain('write about green tea in Kyoto');
      expect(markdown).toContain('It names a place: Kyoto.');
      const made = markdown.split('\n\n').filter((block) => /^(Sample text|None\.)/.test(block));
      expect(made.length).toBeGreaterThanOrEqual(4);
      expect(files['sample-about-green-tea-in-kyoto.pdf']).toMatch(/^%PDF-1\./);
      expect(sample).toBe(true);
      expect(reply).toContain('Every paragraph that begins with “Sample text” is made up');
    },
  );

  test('hold the words of a request as words, in any script and length', async () => {
    const { files } = await ask('research', `# <script>alert(1)</script> [x](javascript:y) 日本語 ${'long '.repeat(3_000)}`, null);
    const [markdown] = Object.values(files);
    expect(markdown).not.toMatch(/(^|\s)# <script>|[^\\]<script>|[^\\]\]\(javascript/);
    expect(Object.values(files)[1]).toMatch(/%%EOF\s*$/);
  });
});

describe('web-scraping', () => {
  test('really fetches the named page and writes what stands there', async () => {
    const { rows, sample, text: reply, files } = await ask('web-scraping', `scrape ${page}`, null);
    expect(rows.map(({ kind, text: words, address }) => [kind, words, address])).toEqual([
      ['heading', 'Our prices', page],
      ['text', 'All in euros.', page],
      ['table row', 'Tea | Price', page],
      ['table row', 'Green | =4+4', page],
      ['link', 'Order', page.replace('/prices', '/order')],
      ['link', 'Elsewhere', 'https://example.com/'],
    ]);
    expect(Object.keys(files)).toEqual(['page-127.0.0.1.csv']);
    expect(sample).toBe(false);
    expect(reply).toContain('6 rows are in page-127.0.0.1.csv.');
  });

  test('gives what is asked of it, and no more than there is', async () => {
    expect((await ask('web-scraping', `get the links from ${page}`, null)).rows.map(({ kind }) => kind)).toEqual(['link', 'link']);
    expect((await ask('web-scraping', `scrape ${page}`, 2)).rows).toHaveLength(2);
    const many = await ask('web-scraping', `scrape ${page}`, 50);
    expect(many.rows).toHaveLength(6);
    expect(many.text).toContain('You asked for 50; there are no more.');
  });

  test('writes what a page would run in a spreadsheet as text', async () => {
    const { rows } = await ask('web-scraping', `scrape ${page.replace('/prices', '/trap')}`, null);
    expect(rows.map(({ text: words }) => words)).toEqual(['\'=HYPERLINK("http://evil.example")', "'@SUM(A1)"]);
  });

  test('says why it has nothing, and makes nothing up', async () => {
    for (const [message, why] of [
      ['scrape http://192.168.0.1/admin', 'is not on the public web'],
      [`scrape ${page}/missing`, 'answered 404'],
      ['scrape the competition', 'names no page'],
    ] as const) {
      const { text: reply, files, sample } = await ask('web-scraping', message, null);
      expect(reply).toContain(why);
      expect(files).toEqual({});
      expect(sample).toBe(false);
    }
  });
});

test('a general answer says that nothing is behind it', async () => {
  const { text: reply, files, sample } = await ask('general', 'what is the capital of France?', null);
  expect(reply).toContain('the sandbox has no model behind it, so it does not know the answer');
  expect(Object.keys(files)).toEqual(['sample-what-is-capital-france.md']);
  expect(sample).toBe(true);
});
