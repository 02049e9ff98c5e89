// Somebody at the pages of the portal, as a browser without JavaScript uses them.

import { randomInt } from 'node:crypto';
import { expect } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import type { Stage } from '../stages/stage.ts';
import { visitor, type Visitor } from './visitor.ts';
import type { Actor } from '#core/domain/actor.ts';

export interface PortalVisitor extends Visitor {
  readonly email: string;
  /** The words of a page that is answered with this status. */
  page(path: string, status?: number): Promise<string>;
  /** What answers a form: `to` is where it leads on, within the portal. */
  post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<AnsweredForm>;
  /** Who they are to the core, once they are logged in. */
  actor(): Promise<Actor>;
}

export interface AnsweredForm {
  readonly status: number;
  readonly to: string | null;
  readonly text: string;
}

/** Not logged in yet. On a stage with `proxied` settings, where everybody has an address of their own. */
export function portalVisitor(stage: Stage, email = `${newId()}@example.com`): PortalVisitor {
  const { app, core, product } = stage;
  // The portal is at one address: who comes by another is sent there.
  const url = core.settings.publicUrl;
  const browser = visitor({ ...stage, url }, `10.${Array.from({ length: 3 }, () => randomInt(250)).join('.')}`);
  return {
    ...browser,
    email,
    async page(path, status = 200) {
      const answer = await browser.fetch(path, { headers: { Accept: 'text/html' } });
      expect([path, answer.status]).toEqual([path, status]);
      return answer.text();
    },
    async post(path, fields, headers = {}) {
      const answer = await browser.fetch(path, {
        method: 'POST',
        body: new URLSearchParams(fields).toString(),
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: url, Accept: 'text/html', ...headers },
      });
      return { status: answer.status, to: answer.headers.get('location')?.replace(url, '') ?? null, text: await answer.text() };
    },
    async actor() {
      const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      return app.accounts.actorOf((await product.auth.sessionOf(new Headers({ cookie })))!);
    },
  };
}

/** What a page says, without its tags. */
export function wordsOf(page: string): string {
  return page.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
}
