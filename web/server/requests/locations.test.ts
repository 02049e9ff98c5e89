import { expect, test } from 'vitest';
import type { Mount } from '#core/ports/mount.ts';
import { mayLeadTo } from './locations.ts';
import { openDoor } from '../testing/open-door.ts';

const PUBLIC = 'https://work.example.com';
const FILES = 'https://files.example.net';
const origins = new Set([PUBLIC, FILES]);

const good = [
  '/',
  '/login?next=%2Fsettings',
  '/operator/tasks?sight=failed',
  `${PUBLIC}/`,
  `${PUBLIC}/api/tasks/7`,
  `${FILES}/results/a%20b.csv?X-Amz-Signature=${'a'.repeat(3_000)}`,
];

const bad = [
  '//evil.example',
  '/..//evil.example',
  '/%2e%2e//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'https:evil.example',
  'https:/evil.example',
  'https:\\\\evil.example',
  'https://evil.example/',
  'https://work.example.com.evil.example/',
  'https://work.example.com@evil.example/',
  'https://somebody@work.example.com/',
  'https://work.example.com:444/',
  'http://work.example.com/',
  'https://work.example.com//evil.example',
  'https://work.example.com\\.evil.example/',
  'javascript:alert(1)',
  'data:text/html,x',
  '/a b',
  '/a\tb',
  'evil.example',
  'login',
  '',
];

test.each(good)('%s is a place that an answer may lead to', (location) => {
  expect(mayLeadTo(location, origins)).toBe(true);
});

test.each(bad)('%j is no place that an answer may lead to', (location) => {
  expect(mayLeadTo(location, origins)).toBe(false);
});

/** Every way in which Node lets a listener write a head. */
const ways: Readonly<Record<string, (location: string) => Mount['handle']>> = {
  'a header that was set': (location) => (_, response) => {
    response.statusCode = 302;
    response.setHeader('Location', location);
    response.end();
  },
  'a head with an object': (location) => (_, response) => void response.writeHead(302, { LOCATION: location, 'X-Other': 'kept' }).end(),
  'a head with a message and an object': (location) => (_, response) => void response.writeHead(302, 'Over there', { location }).end(),
  'a head with a list': (location) => (_, response) => void response.writeHead(302, ['Location', location, 'X-Other', 'kept']).end(),
};

test.each(Object.entries(ways))('%s leads nowhere but where it may, and what is wrong is logged without the address', async (_, way) => {
  // Node itself refuses what no header may hold.
  const sendable = [...good, ...bad].filter((each) => each !== '');
  const mounts = sendable.map((location, n): Mount => ({ method: 'GET', path: `/lead/${n}`, handle: way(location) }));
  const { fetch, lines } = await openDoor({}, { mounts, publicUrl: PUBLIC, leadsTo: [FILES] });
  const led = [];
  for (const n of sendable.keys()) led.push((await fetch(`/lead/${n}`)).headers.get('location'));
  expect(led).toEqual(sendable.map((location) => (good.includes(location) ? location : `${PUBLIC}/`)));
  const said = lines.filter(({ level }) => level === 'error');
  expect(said).toHaveLength(sendable.length - good.length);
  expect(JSON.stringify(said)).not.toContain('evil');
});
