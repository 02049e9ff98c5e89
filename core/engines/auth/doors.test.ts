import { expect, test } from 'vitest';
import { doors, throughDoor } from './doors.ts';

const at = 'https://work.example.com/api/auth';
const json = { 'Content-Type': 'application/json' };
const more = {
  callbackURL: '/..//evil.example',
  redirectTo: '//evil.example',
  trustDevice: true,
  image: 'x',
  __proto__x: 1,
  fetchOptions: {},
};

test.each(Object.entries(doors))('%s hands on the fields that it knows, and nothing else', async (path, { method, fields }) => {
  const said = Object.fromEntries(fields.map((name) => [name, `a ${name}`]));
  const query = new URLSearchParams({ ...said, ...more } as unknown as Record<string, string>).toString();
  const asked =
    method === 'GET'
      ? new Request(`${at}${path}?${query}`)
      : new Request(`${at}${path}?${query}`, { method, headers: json, body: JSON.stringify({ ...said, ...more }) });
  const through = (await throughDoor(asked, 'page')) as Request;
  const { origin, pathname, searchParams } = new URL(through.url);
  expect([origin + pathname, Object.fromEntries(searchParams)]).toEqual([at + path, method === 'GET' ? said : {}]);
  if (method === 'POST') expect(await through.json()).toEqual(said);
});

test.each([
  ['a form', 'application/x-www-form-urlencoded', 'email=a', 'request.wrong-type'],
  ['text that a form can send', 'text/plain', '{"email":"a"}', 'request.wrong-type'],
  ['half a body', 'application/json', '{"email":', 'request.malformed'],
  ['a list', 'application/json', '["email"]', 'request.malformed'],
])('%s is not taken', async (_, type, body, code) => {
  const asked = new Request(`${at}/sign-in/email`, { method: 'POST', headers: { 'Content-Type': type }, body });
  await expect(throughDoor(asked, 'outside')).rejects.toMatchObject({ code });
});

test('a door that is for pages is not there for anybody else, nor is any other address or method', async () => {
  const statusOf = async (path: string, method: string, by: 'page' | 'outside') => {
    const through = await throughDoor(new Request(at + path, { method }), by);
    return through instanceof Response ? through.status : 'through';
  };
  for (const [path, { method, pagesOnly }] of Object.entries(doors)) {
    expect([path, await statusOf(path, method, 'outside')]).toEqual([path, pagesOnly ? 404 : 'through']);
    expect([path, await statusOf(path, method, 'page')]).toEqual([path, 'through']);
    expect([path, await statusOf(path, method === 'GET' ? 'POST' : 'GET', 'page')]).toEqual([path, 404]);
    for (const other of [`${path}/`, `/.${path}x`, path.toUpperCase(), `/${path}`]) expect(await statusOf(other, method, 'page')).toBe(404);
  }
  for (const path of ['/verify-email', '/change-email', '/constructor', '/get-session', ''])
    expect(await statusOf(path, 'GET', 'page')).toBe(404);
});
