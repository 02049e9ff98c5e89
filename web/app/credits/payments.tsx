// What the team paid, with the doors to receipts and to auto top-up.

import { Link } from 'react-router';
import type { PaymentView } from '#core/flows/billing/payments.ts';
import { Button } from '../components/button.tsx';
import { Form } from '../components/form.tsx';
import { Credits, Time } from '../components/format.tsx';
import { Card } from '../components/page.tsx';
import { Table, Td, Th, Tr } from '../components/table.tsx';
import { Tag, type TagTone } from '../components/tag.tsx';
import { paymentWords as words } from '../texts/top-up.ts';

export type ShownPayment = Omit<PaymentView, 'credits'> & { readonly credits: number };

export function Payments({
  payments,
  topUp,
  mayBuy,
}: {
  payments: readonly ShownPayment[];
  topUp: 'on' | 'off' | 'trouble' | null;
  mayBuy: boolean;
}) {
  return (
    <Card
      title={words.title}
      flush
      {...(mayBuy && {
        actions: (
          // The next page is at Stripe, so the browser itself goes there.
          <Form intent="portal" action="/credits/top-up" reloadDocument>
            <input type="hidden" name="back" value="/credits" />
            <Button small look="quiet" className="-mx-3.5">
              {words.receipts}
            </Button>
          </Form>
        ),
      })}
    >
      {payments.length === 0 ? (
        <p className="px-5 pb-4 sm:px-6">{words.none}</p>
      ) : (
        <Table name={words.title}>
          <thead>
            <tr>
              <Th>Date</Th>
              <Th numeric>Credits</Th>
              <Th numeric>Paid</Th>
            </tr>
          </thead>
          <tbody>
            {payments.map((payment) => (
              <Tr key={payment.id}>
                <Td>
                  <Time at={payment.at} style="date" />
                  <span className="mt-1 flex flex-wrap gap-1.5">
                    {tagsOf(payment).map(([label, tone]) => (
                      <Tag key={label} tone={tone}>
                        {label}
                      </Tag>
                    ))}
                  </span>
                </Td>
                <Td numeric>
                  <Credits amount={payment.credits} />
                </Td>
                <Td numeric>
                  {payment.money ?? '–'}
                  {payment.refunded !== null && <span className="block text-soft">{words.refunded(payment.refunded)}</span>}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {mayBuy && topUp !== null && (
        <p className="flex flex-wrap items-center justify-between gap-x-4 px-5 py-2 sm:px-6">
          <span className={topUp === 'trouble' ? 'text-bad' : ''}>{words.topUpIs[topUp]}</span>
          <Link to="/credits/top-up" className="inline-flex min-h-11 items-center text-accent underline underline-offset-2">
            {topUp === 'off' ? words.setUp : words.change}
          </Link>
        </p>
      )}
    </Card>
  );
}

function tagsOf({ state, dispute, isTopUp }: ShownPayment): [string, TagTone][] {
  return [
    ...(isTopUp ? [[words.auto, 'plain'] as [string, TagTone]] : []),
    ...(state === 'pending' ? [[words.pending, 'accent'] as [string, TagTone]] : []),
    ...(state === 'failed' ? [[words.failed, 'bad'] as [string, TagTone]] : []),
    ...(state === 'in-review' ? [[words.inReview, 'warn'] as [string, TagTone]] : []),
    ...(dispute === 'none' ? [] : [[words.dispute[dispute], 'warn'] as [string, TagTone]]),
  ];
}
