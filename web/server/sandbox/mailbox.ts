// What the mail sandbox took, for a person to read: the list, a page for each, and the same as JSON. Whatever stands in a
// mail is somebody else's: its words are escaped, and its HTML is shown in a frame where nothing runs or is loaded.

import type { ServerResponse } from 'node:http';
import { sandboxMails, wholeSandboxMail, type SandboxMail, type WholeSandboxMail } from '#core/contracts/mailbox.ts';
import { sayAgo } from '#core/domain/text/ago.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { Mount } from '#core/ports/mount.ts';
import { html, sendPage, type Markup } from '../html.ts';

export interface Mailbox {
  /** Where the sandbox answers, and what it wants to see first. */
  readonly url: string;
  readonly token: string;
  readonly brandName: string;
}

const ANSWER_WITHIN_MS = 5_000;

export function mailboxPages(mailbox: Mailbox): Mount[] {
  return [
    {
      method: 'GET',
      path: '/sandbox/mail',
      below: true,
      async handle(request, response) {
        const [id, part, ...more] = (request.url ?? '').split('?', 1)[0]!.split('/').slice(3);
        if (id === undefined || id === '') return showList(mailbox, (await listOf(mailbox)).mails, response);
        if (more.length > 0 || !/^[\w-]+$/.test(id)) throw refuse('route.unknown');
        const mail = await oneOf(mailbox, id);
        if (part === undefined) return showMail(mailbox, mail, response);
        if (part !== 'html' || mail.html === null) throw refuse('route.unknown');
        return showFrame(mail.html, response);
      },
    },
    {
      method: 'GET',
      path: '/sandbox/mail.json',
      async handle(request, response) {
        const to = URL.parse(request.url ?? '', 'http://here')?.searchParams.get('to');
        response.setHeader('Content-Type', 'application/json');
        response.end(JSON.stringify(await listOf(mailbox, to ?? undefined)));
      },
    },
  ];
}

function showList({ brandName }: Mailbox, mails: readonly SandboxMail[], response: ServerResponse): void {
  const now = new Date();
  const main = html`<h1>Mail</h1>
    <p class="small">
      The mail sandbox took these; nothing has left this machine. <a href="/sandbox/mail">Look again</a> ·
      <a href="/sandbox/mail.json">as JSON</a>
    </p>
    ${
      mails.length === 0
        ? html`<p>There is no mail yet. Sign up, ask for a new password or invite somebody, and it will be here.</p>`
        : html`<ul class="mails">
            ${mails.map(
              ({ id, to, subject, at }) =>
                html`<li>
                  <a href="/sandbox/mail/${id}">${subject === '' ? 'No subject' : subject}</a>
                  <span class="small">to ${to.join(', ')} · <time datetime="${at}">${sayAgo(new Date(at), now)}</time></span>
                </li>`,
            )}
          </ul>`
    }`;
  sendPage(response, { title: 'Mail', brandName, main, style });
}

function showMail({ brandName }: Mailbox, mail: WholeSandboxMail, response: ServerResponse): void {
  const main = html`<p class="small"><a href="/sandbox/mail">All mail</a></p>
    <h1>${mail.subject === '' ? 'No subject' : mail.subject}</h1>
    <dl class="small">
      <dt>To</dt>
      <dd>${mail.to.join(', ')}</dd>
      <dt>From</dt>
      <dd>${mail.headers.find(([name]) => name.toLowerCase() === 'from')?.[1] ?? mail.from}</dd>
      <dt>When</dt>
      <dd><time datetime="${mail.at}">${mail.at.replace('T', ' ').slice(0, 19)} UTC</time></dd>
      <dt>Kind</dt>
      <dd>${mail.kind ?? 'not said'}</dd>
    </dl>
    ${mail.html === null ? '' : html`<iframe class="mail" sandbox="${SANDBOX}" src="/sandbox/mail/${mail.id}/html" title="The mail as HTML"></iframe>`}
    <h2>As text</h2>
    <pre class="text">${withLinks(mail.text)}</pre>
    <details>
      <summary>Headers</summary>
      <pre>${mail.headers.map(([name, value]) => `${name}: ${value}`).join('\n')}</pre>
    </details>`;
  sendPage(response, { title: mail.subject, brandName, main, style, frames: true });
}

/** Links lead out of the frame once somebody clicks on them; nothing else leaves it. */
const SANDBOX = 'allow-top-navigation-by-user-activation allow-popups allow-popups-to-escape-sandbox';

function showFrame(page: string, response: ServerResponse): void {
  response.setHeader(
    'Content-Security-Policy',
    `default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox ${SANDBOX}`,
  );
  response.setHeader('X-Frame-Options', 'SAMEORIGIN');
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  // The first one counts, so a mail cannot set another.
  const base = '<base target="_top">';
  response.end(/<head[^>]*>/i.test(page) ? page.replace(/<head[^>]*>/i, (head) => head + base) : base + page);
}

function withLinks(text: string): Markup[] {
  return text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((piece, i) => (i % 2 === 1 ? html`<a href="${piece}" rel="noreferrer">${piece}</a>` : html`${piece}`));
}

// --- The sandbox, over HTTP.

async function listOf(mailbox: Mailbox, to?: string) {
  return sandboxMails.parse(await ask(mailbox, `/sandbox/mails${to === undefined ? '' : `?to=${encodeURIComponent(to)}`}`));
}

async function oneOf(mailbox: Mailbox, id: string): Promise<WholeSandboxMail> {
  return wholeSandboxMail.parse(await ask(mailbox, `/sandbox/mails/${id}`));
}

async function ask({ url, token }: Mailbox, path: string): Promise<unknown> {
  const answer = await fetch(url + path, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  if (answer.status === 404) throw refuse('route.unknown');
  if (!answer.ok) throw new Error(`the mail sandbox answered ${answer.status}`);
  return answer.json();
}

const style = `
.mails { padding: 0; list-style: none; }
.mails li { padding: 0.75rem 0; border-top: 1px solid light-dark(#e3e3e6, #38383d); overflow-wrap: anywhere; }
.mails a { display: block; font-weight: 600; text-decoration: none; }
.mails a:hover { text-decoration: underline; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
iframe.mail { width: 100%; height: 44rem; border: 1px solid light-dark(#e3e3e6, #38383d); border-radius: 12px; }
pre.text { white-space: pre-wrap; overflow-wrap: anywhere; }
`;
