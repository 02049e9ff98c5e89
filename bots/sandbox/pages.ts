// The addresses of a sandbox page. Who may open them is decided in front of them (web/server/sandbox/gate.ts).

import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { contentDisposition } from '#core/domain/files/content-disposition.ts';
import { safeFileName } from '#core/domain/files/file-name.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import type { Mount } from '#core/ports/mount.ts';
import { acts, mostBodyBytes, readForm, type Sent } from './acts.ts';
import { tellChanges } from './changes.ts';
import { ChatRefusal, type ChatSandbox } from './chat.ts';
import { drawChat, drawNothing, drawPage } from './page.ts';
import { addressOf, placeIn, type Place } from './view.ts';

interface Settings {
  /** Below /sandbox, where pages of sandboxes are. */
  readonly path: `/sandbox/${string}`;
}

/** Messages that are shown at once. */
const mostShown = 100;

/** Our own script and style, our own forms, and nothing else; no file that somebody attached is ever shown in place. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export function chatPages(sandbox: ChatSandbox, { path: base }: Settings): Mount[] {
  const changes = tellChanges(sandbox);
  return [
    {
      path: base,
      below: true,
      body: { mostBytes: mostBodyBytes },
      stopping: changes.endAll,
      async handle(request, response) {
        const { pathname, searchParams } = new URL(request.url ?? '', 'http://here');
        const [word = '', part, ...more] = pathname.split('/').slice(base.split('/').length);
        if (more.length > 0 || (part !== undefined && word !== 'files')) throw refuse('route.unknown');
        if (Object.hasOwn(acts, word)) return act(word, request, response);
        if (word !== '' && word !== 'events' && word !== 'files' && !Object.hasOwn(assets, word)) throw refuse('route.unknown');
        if (request.method !== 'GET' && request.method !== 'HEAD') throw refuse('method.wrong', { allowed: ['GET', 'HEAD'] });
        if (word === 'events' && request.method === 'GET') return changes.open(request, response);
        if (word === 'events') return void response.end();
        if (word === 'files') return sendFile(decodeURIComponent(part ?? ''), searchParams, response);
        if (word !== '') return sendAsset(word as keyof typeof assets, response);
        return show(searchParams, response, { status: 200 });
      },
    },
  ];

  async function act(word: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') throw refuse('method.wrong', { allowed: ['POST'] });
    let sent: Sent | null = null;
    try {
      sent = await readForm(request);
      const view = await acts[word]!(sandbox, sent);
      response.writeHead(303, { Location: addressOf({ base, ...view }) }).end();
    } catch (error) {
      if (!(error instanceof ChatRefusal)) throw error;
      const asked = new URLSearchParams(sent === null ? '' : addressOf({ base, ...sent.view }).split('?')[1]);
      const draft = word === 'say' ? (sent?.fields['text'] ?? '') : '';
      await show(asked, response, { status: 400, notice: error.message, draft });
    }
  }

  async function show(
    asked: URLSearchParams,
    response: ServerResponse,
    { status, notice = '', draft = '' }: { readonly status: number; readonly notice?: string; readonly draft?: string },
  ): Promise<void> {
    const place = await placeIn(sandbox, base, asked);
    const body = place === null ? drawNothing(sandbox.title) : drawChat(sandbox.title, await shownIn(place, notice, draft));
    response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy });
    response.end(drawPage({ title: sandbox.title, base }, body));
  }

  async function shownIn(place: Place, notice: string, draft: string) {
    const { thread, before } = place;
    const [channel, inThread, faults] = await Promise.all([
      sandbox.look({ ...place, thread: null }, { before: thread === null ? before : null, most: mostShown }),
      thread === null ? null : sandbox.look(place, { before, most: mostShown }),
      sandbox.faults(),
    ]);
    return { place, channel, thread: inThread, faults, switches: sandbox.switches?.() ?? [], notice, draft };
  }

  async function sendFile(id: string, asked: URLSearchParams, response: ServerResponse): Promise<void> {
    const place = await placeIn(sandbox, base, asked);
    const file = place === null ? null : await sandbox.file(place, id);
    if (file === null) throw refuse('route.unknown');
    response.writeHead(200, {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': contentDisposition(safeFileName(file.name)),
      'Content-Security-Policy': "default-src 'none'; sandbox",
    });
    response.end(file.bytes);
  }
}

const assets = {
  'page.js': 'text/javascript',
  'base.css': 'text/css',
  'messages.css': 'text/css',
  'layout.css': 'text/css',
} as const;

async function sendAsset(name: keyof typeof assets, response: ServerResponse): Promise<void> {
  const text = await readFile(path.join(import.meta.dirname, name), 'utf8');
  response.writeHead(200, { 'Content-Type': `${assets[name]}; charset=utf-8` }).end(text);
}
