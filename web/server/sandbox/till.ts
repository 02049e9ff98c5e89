// What the Stripe sandbox took, and what happened since, with buttons for what other people do there: give money back, dispute
// a payment, decide a dispute. Whatever payers typed is escaped.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  type disputeMoves,
  sandboxAct,
  sandboxOverview,
  type SandboxEvent,
  type SandboxOverview,
  type SandboxPayment,
} from '#core/contracts/stripe-sandbox.ts';
import { sayMoney } from '#core/domain/billing/money.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { sayAgo } from '#core/domain/text/ago.ts';
import type { Mount } from '#core/ports/mount.ts';
import { html, sendPage, type Markup } from '../html.ts';

export interface Till {
  /** Where the sandbox answers, and what it wants to see first. */
  readonly url: string;
  readonly token: string;
  readonly brandName: string;
}

const ANSWER_WITHIN_MS = 5_000;
const PATH = '/sandbox/stripe';

export function tillPages(till: Till): Mount[] {
  return [
    {
      method: 'GET',
      path: PATH,
      handle: async (_request, response) => show(till, await overviewOf(till), response),
    },
    {
      method: 'GET',
      path: `${PATH}.json`,
      async handle(_request, response) {
        response.setHeader('Content-Type', 'application/json');
        response.end(JSON.stringify(await overviewOf(till)));
      },
    },
    { method: 'POST', path: `${PATH}/acts`, body: { mostBytes: 10_000 }, handle: (request, response) => act(till, request, response) },
  ];
}

async function act(till: Till, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const fields = Object.fromEntries(new URLSearchParams(await text(request)));
  const { amount, ...rest } = fields;
  const wanted = sandboxAct.safeParse({
    ...rest,
    ...(amount !== undefined && amount !== '' && { amount: Number(amount) }),
    ...(rest['percent'] !== undefined && { percent: Number(rest['percent']) }),
    ...(rest['inquiry'] !== undefined && { inquiry: rest['inquiry'] === 'true' }),
    ...(rest['arrived'] !== undefined && { arrived: rest['arrived'] === 'true' }),
  });
  const error = wanted.success
    ? await ask(till, '/_sandbox/acts', wanted.data).then(errorIn)
    : fields['act'] === 'promotion'
      ? wanted.error.issues[0]!.message
      : 'Enter a whole number above 0.';
  if (error !== null) {
    response.statusCode = 400;
    return show(till, await overviewOf(till), response, error);
  }
  response.writeHead(303, { Location: PATH }).end();
}

async function errorIn(answer: Response): Promise<string | null> {
  return answer.ok ? null : ((await answer.json()) as { error: string }).error;
}

function show(
  { brandName }: Till,
  { payments, promotions, events }: SandboxOverview,
  response: ServerResponse,
  error: string | null = null,
): void {
  const now = new Date();
  const main = html`<h1>Payments</h1>
    <p class="small">
      The Stripe sandbox took these; no money has moved. <a href="${PATH}">Refresh</a> · <a href="${PATH}.json">as JSON</a>
    </p>
    ${error === null ? '' : html`<p class="error" role="alert">${error}</p>`}
    ${
      payments.length === 0
        ? html`<p>No payments yet. Buy credits, and they appear here.</p>`
        : html`<ul class="rows">
            ${payments.map((payment) => paymentRow(payment, now))}
          </ul>`
    }
    <h2>Promotion codes</h2>
    <p class="small">Set STRIPE_PROMOTION_CODES=true, and the checkout asks for a code.</p>
    <div class="acts">
      ${form(
        { act: 'promotion' },
        html`<label>Code <input name="code" autocomplete="off" maxlength="30" value="WELCOME20" /></label>
          <label>Percent off <input name="percent" inputmode="numeric" value="20" /></label>
          <button>Create code</button>`,
      )}
    </div>
    ${
      promotions.length === 0
        ? ''
        : html`<ul class="rows">
            ${promotions.map(
              ({ code, percent, used }) =>
                html`<li>
                  <strong>${code}</strong>
                  <div class="small">
                    ${percent === null ? 'an amount' : `${percent}%`} off · used ${used === 1 ? 'once' : `${used} times`}
                  </div>
                </li>`,
            )}
          </ul>`
    }
    <h2>Events</h2>
    ${
      events.length === 0
        ? html`<p>No events yet.</p>`
        : html`<ul class="rows">
            ${events.map((event) => eventRow(event, now))}
          </ul>`
    }`;
  sendPage(response, { title: 'Payments', brandName, main, style, forms: true });
}

function paymentRow(payment: SandboxPayment, now: Date): Markup {
  const { id, amount, currency, description, email, status, refunded, disputes, created } = payment;
  const left = amount - refunded;
  const facts = [
    status,
    ...(refunded > 0 ? [`${sayMoney(BigInt(refunded), currency)} refunded`] : []),
    ...disputes.map((dispute) => `dispute ${dispute.status.replaceAll('_', ' ')}`),
  ];
  return html`<li>
    <strong>${sayMoney(BigInt(amount), currency)}</strong> · ${description ?? 'Payment'}
    <div class="small">${facts.join(' · ')} · ${email ?? 'no email'} · ${timeOf(created, now)}</div>
    <div class="small">${id}</div>
    <div class="acts">
      ${payment.isUnderWay ? html`${settleForm(id, true)}${settleForm(id, false)}` : ''}
      ${status === 'succeeded' ? html`${left > 0 ? refundForm(id, left, currency) : ''}${disputeForms(payment)}` : ''}
      ${disputes.map((dispute) => moveForm(dispute))}
    </div>
  </li>`;
}

function refundForm(payment: string, left: number, currency: string): Markup {
  return form(
    { act: 'refund', payment },
    html`<label>Amount (minor units) <input name="amount" inputmode="numeric" value="${String(left)}" /></label>
      <button aria-label="Refund payment ${payment}">Refund</button>
      <span class="small">${sayMoney(BigInt(left), currency)} left</span>`,
  );
}

function disputeForms({ id }: SandboxPayment): Markup {
  return html`${form({ act: 'dispute', payment: id, inquiry: 'false' }, button('Dispute', `payment ${id}`))}
  ${form({ act: 'dispute', payment: id, inquiry: 'true' }, button('Inquire', `about payment ${id}`))}
  ${form({ act: 'warn', payment: id }, button('Report fraud', `in payment ${id}`))}`;
}

function settleForm(payment: string, arrived: boolean): Markup {
  return form({ act: 'settle', payment, arrived: String(arrived) }, button(arrived ? 'Complete' : 'Fail', `payment ${payment}`));
}

const moveWords: Record<(typeof disputeMoves)[number], string> = {
  under_review: 'Send evidence',
  won: 'Win dispute',
  lost: 'Lose dispute',
  prevented: 'Prevent dispute',
  appeal_under_review: 'Appeal',
  warning_closed: 'Close inquiry',
  needs_response: 'Turn into dispute',
};

/** What can come next, by where a dispute stands. */
function movesOf(status: string): readonly (typeof disputeMoves)[number][] {
  if (status.startsWith('warning_')) return status === 'warning_closed' ? [] : ['warning_closed', 'needs_response'];
  if (status.startsWith('appeal_')) return ['won', 'lost'];
  if (status === 'lost') return ['appeal_under_review'];
  if (status === 'won' || status === 'prevented') return [];
  return status === 'needs_response' ? ['under_review', 'won', 'lost', 'prevented'] : ['won', 'lost'];
}

function moveForm({ id, status }: SandboxPayment['disputes'][number]): Markup {
  return html`${movesOf(status).map((to) => form({ act: 'move-dispute', dispute: id, to }, button(moveWords[to], id)))}`;
}

function eventRow({ id, type, objectId, created, deliveries }: SandboxEvent, now: Date): Markup {
  const states = deliveries.map(({ state, tries, status }) => {
    if (state === 'delivered') return 'delivered';
    return `${state === 'due' ? 'not delivered yet' : 'lost'}, ${tries} tries, answer ${status ?? 'none'}`;
  });
  return html`<li>
    <strong>${type}</strong>
    <div class="small">${objectId ?? ''} · ${states.length === 0 ? 'sent to nobody' : states.join('; ')} · ${timeOf(created, now)}</div>
    ${deliveries.length === 0 ? '' : html`<div class="acts">${form({ act: 'resend', event: id }, button('Resend', `event ${id}`))}</div>`}
  </li>`;
}

/** What it is about is said to those who do not see where it stands. */
function button(words: string, about: string): Markup {
  return html`<button aria-label="${words} ${about}">${words}</button>`;
}

function form(fields: Readonly<Record<string, string>>, inner: Markup): Markup {
  const hidden = Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`);
  return html`<form method="post" action="${PATH}/acts">${hidden}${inner}</form>`;
}

function timeOf(seconds: number, now: Date): Markup {
  const at = new Date(seconds * 1000);
  return html`<time datetime="${at.toISOString()}">${sayAgo(at, now)}</time>`;
}

// --- The sandbox, over HTTP.

async function overviewOf(till: Till): Promise<SandboxOverview> {
  const answer = await ask(till, '/_sandbox/overview');
  if (!answer.ok) throw new Error(`the Stripe sandbox answered ${answer.status}`);
  return sandboxOverview.parse(await answer.json());
}

async function ask({ url, token }: Till, path: string, body?: object): Promise<Response> {
  const answer = await fetch(url + path, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  if (answer.status === 404 && path === '/_sandbox/overview') throw refuse('route.unknown');
  return answer;
}

const style = `
.rows { padding: 0; list-style: none; }
.rows > li { padding: 0.75rem 0; border-top: 1px solid light-dark(#e3e3e6, #38383d); overflow-wrap: anywhere; }
.rows time { white-space: nowrap; }
.acts, .acts form { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: end; }
.acts label { display: grid; gap: 0.2rem; font-size: 0.85rem; }
.acts input { width: 9rem; min-height: 2.25rem; padding: 0.25rem 0.5rem; font: inherit; color: inherit; background: light-dark(#fff, #232326); border: 1px solid light-dark(#85858c, #7b7b84); border-radius: 8px; }
.acts button { min-height: 2.25rem; padding: 0.25rem 0.75rem; font: inherit; font-size: 0.9rem; color: inherit; cursor: pointer; background: light-dark(#f2f2f4, #2c2c30); border: 1px solid light-dark(#d5d5da, #45454c); border-radius: 8px; }
.acts > :first-child { margin-top: 0.5rem; }
:focus-visible { outline: 3px solid light-dark(#0058b9, #64a9ff); outline-offset: 2px; }
.error { padding: 0.75rem 1rem; border-radius: 8px; color: light-dark(#8c1d18, #ffb4ab); background: light-dark(#fdeceb, #41120f); }
`;
