// What a person, a script and a hostile mail get from the pages of the mail sandbox.

import { SendRawEmailCommand, SESClient } from '@aws-sdk/client-ses';
import { expect, onTestFinished, test, vi } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { writeMail } from '#core/flows/mail/mail.ts';
import { startMailSandbox } from '#core/sandbox/mail/server.ts';
import { forAll, openStage, stage } from '#core/testing/stages/stage.ts';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { openDoor } from '../testing/open-door.ts';
import { mailboxPages } from './mailbox.ts';

const usual = forAll(() => openStage());

/** As the browser of whoever opened the link from the start. */
async function read(path: string): Promise<Response> {
  const { url, product } = usual();
  const token = product.outside.pagesToken!;
  const opened = await fetch(`${url}/sandbox/mail?token=${token}`, { redirect: 'manual' });
  return fetch(url + path, { headers: { Cookie: opened.headers.getSetCookie()[0]!.split(';')[0]! } });
}

test('a mail of the product can be read, as it looks and as text, and its link clicked', async () => {
  const { core, mails } = usual();
  const link = `${core.settings.publicUrl}/verify?token=abc&next=1`;
  await writeMail(core, { key: newId(), to: 'ada@example.com', saying: { kind: 'verify', name: 'Ada', url: link } });
  const [mail] = await mails('ada@example.com');

  const list = await (await read('/sandbox/mail')).text();
  expect(list).toContain(`<a href="/sandbox/mail/${mail!.id}">Confirm your email address</a>`);
  expect(list).toContain('to ada@example.com');
  const page = await (await read(`/sandbox/mail/${mail!.id}`)).text();
  expect(page).toContain(`<a href="${link.replace('&', '&#38;')}" rel="noreferrer">`);
  expect(page).toContain(`src="/sandbox/mail/${mail!.id}/html"`);
  const frame = await (await read(`/sandbox/mail/${mail!.id}/html`)).text();
  expect(frame).toContain('<head><base target="_top">');
  expect(frame).toContain('Confirm this address</a>');
});

test('a script gets the same as JSON, all of it or for one address', async () => {
  const { core, url, mails, product } = usual();
  const headers = { Authorization: `Bearer ${product.outside.pagesToken!}` };
  for (const to of ['bo@example.com', 'cy@example.com']) {
    await writeMail(core, { key: newId(), to, saying: { kind: 'magic-link', url: core.settings.publicUrl } });
    await mails(to);
  }
  const told = async (query: string) =>
    ((await (await fetch(`${url}/sandbox/mail.json${query}`, { headers })).json()) as { mails: { to: string[] }[] }).mails;
  expect((await told('')).slice(0, 2).map(({ to }) => to)).toEqual([['cy@example.com'], ['bo@example.com']]);
  expect(await told('?to=Bo@example.com')).toMatchObject([{ to: ['bo@example.com'], kind: 'magic-link', subject: 'Log in to Impacter' }]);
});

test('before the first mail the page says how one comes', async () => {
  const { door } = await mailbox();
  expect(await (await door.fetch('/sandbox/mail')).text()).toContain('There is no mail yet.');
  expect(await (await door.fetch('/sandbox/mail.json')).json()).toEqual({ mails: [] });
});

test('what stands in a hostile mail is shown, and can do nothing', async () => {
  const { door, send } = await mailbox();
  const evil = '<script>steal()</script><img src=x onerror=steal()>';
  const id = await send(
    [
      `From: "${evil}" <hello@example.com>`,
      'To: ada@example.com',
      `Subject: ${evil}`,
      'Content-Type: multipart/alternative; boundary=b',
      '',
      `--b\r\nContent-Type: text/plain\r\n\r\n${evil} javascript:steal() http://x.example/"onclick=steal()`,
      `--b\r\nContent-Type: text/html\r\n\r\n<base href="http://evil.example/">${evil}<form action="/x"><button>Go</button></form>`,
      '--b--',
    ].join('\r\n'),
  );
  for (const path of ['/sandbox/mail', `/sandbox/mail/${id}`]) {
    const answer = await door.fetch(path);
    const page = await answer.text();
    expect(page).not.toMatch(/<script|<img|javascript:steal\(\)"|"onclick/);
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; (frame-src 'self'; )?base-uri/,
    );
  }
  const page = await (await door.fetch(`/sandbox/mail/${id}`)).text();
  expect(page).toMatch(/<iframe[^>]* sandbox="allow-top-navigation-by-user-activation allow-popups allow-popups-to-escape-sandbox"/);

  const frame = await door.fetch(`/sandbox/mail/${id}/html`);
  const policy = frame.headers.get('content-security-policy')!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("form-action 'none'");
  expect(policy).toMatch(/; sandbox allow-top-navigation-by-user-activation allow-popups allow-popups-to-escape-sandbox$/);
  expect(policy).not.toMatch(/script-src|allow-scripts|allow-same-origin|allow-forms/);
  expect(await frame.text()).toMatch(/^<base target="_top"><base href/);
});

test('a mail that is not there, and any other address below, is nothing', async () => {
  const { door } = await mailbox();
  for (const path of ['/sandbox/mail/none', '/sandbox/mail/..%2f..%2fsandbox-keys', '/sandbox/mail/a/b/c', '/sandbox/mail/none/html'])
    expect((await door.fetch(path)).status).toBe(404);
  expect((await door.fetch('/sandbox/mail', { method: 'POST' })).status).toBe(405);
});

test('where mails are really sent there is no such page, and a start is ready whether they are or not', async () => {
  const { url } = await stage({ settings: { SES_FROM: 'hello@example.com', SES_ENDPOINT: 'http://127.0.0.1:9' } });
  for (const path of ['/sandbox/mail', '/sandbox/mail.json', '/sandbox/mail/1'])
    expect([path, (await fetch(url + path)).status]).toEqual([path, 404]);
  await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200));
});

async function mailbox() {
  const folder = await temporaryFolder('mailbox');
  onTestFinished(() => folder.remove());
  const keys = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
  const sandbox = await startMailSandbox({ dir: folder.path, region: 'us-east-1', identities: ['hello@example.com'], ...keys });
  onTestFinished(() => sandbox.stop());
  const client = new SESClient({ region: 'us-east-1', endpoint: sandbox.url, credentials: keys });
  onTestFinished(() => client.destroy());
  const mounts = mailboxPages({ url: sandbox.url, token: keys.secretAccessKey, brandName: 'Impacter' });
  const { fetch: ask } = await openDoor({}, { mounts, sandboxToken: 'printed' });
  return {
    door: { fetch: (path: string, options: Parameters<typeof ask>[1] = {}) => ask(path, { key: 'printed', ...options }) },
    async send(message: string) {
      return (await client.send(new SendRawEmailCommand({ RawMessage: { Data: Buffer.from(message) } }))).MessageId!;
    },
  };
}
