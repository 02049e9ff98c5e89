// The pages that Stripe hosts: paying, the customer portal, invoices. Whoever has the address may see them, as at Stripe.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { html } from '#core/domain/text/html.ts';
import { readBody } from '../wire/body.ts';
import type { World } from '../world.ts';
import { sendHosted } from './frame.ts';
import { showInvoice } from './invoice.ts';
import { showPay, takePay } from './pay.ts';
import { showPortal, takePortal } from './portal.ts';

/** True when the request was for one of these, and is answered. */
export function answerPages(world: World): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', world.url);
    const [, kind, id] = /^\/(c\/pay|p\/session|i)\/(\w{1,100})$/.exec(pathname) ?? [];
    if (kind === undefined || id === undefined) return false;
    if (request.method !== 'POST' && request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, POST' }).end();
      return true;
    }
    const fields = request.method === 'POST' ? new URLSearchParams(await readBody(request)) : null;
    if (!answer(kind, id, fields, response))
      sendHosted(response, {
        status: 404,
        title: 'Not found',
        brandName: world.brandName,
        main: html`<section><h1>Page not found</h1></section>`,
      });
    return true;
  };

  /** `fields` are those of a form that was sent. False where there is no such page. */
  function answer(kind: string, id: string, fields: URLSearchParams | null, response: ServerResponse): boolean {
    const { store } = world;
    const session = kind === 'c/pay' ? store.get('session', id) : null;
    const portal = kind === 'p/session' ? store.get('portal_session', id) : null;
    const invoice = kind === 'i' ? store.get('invoice', id) : null;
    if (session !== null && fields !== null) takePay(world, session, fields, response);
    else if (session !== null) showPay(world, session, response);
    else if (portal !== null && fields !== null) takePortal(world, portal, fields, response);
    else if (portal !== null) showPortal(world, portal, response);
    else if (invoice !== null && fields === null) showInvoice(world, invoice, response);
    else return false;
    return true;
  }
}
