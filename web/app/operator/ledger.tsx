// Adding the ledger up again, and what came of it.

import { Scale } from 'lucide-react';
import { redirect, useLoaderData } from 'react-router';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Button } from '../components/button.tsx';
import { Form } from '../components/form.tsx';
import { Time } from '../components/format.tsx';
import { Card, Empty } from '../components/page.tsx';
import { Table, Td, Th, Tr } from '../components/table.tsx';
import { Tag } from '../components/tag.tsx';
import { attempt, operators, readForm } from '../guarded.ts';
import { checkOutcomes, operatorWords } from '../texts/operator.ts';
import { OperatorPage, titled } from './nav.tsx';

export const loader = operators(async ({ app, actor, brandName }) => ({
  brandName,
  checks: (await app.operator.ledgerChecks(actor)).map(({ id, walletId, outcome, report, tookMs, at }) => ({
    id,
    walletId,
    outcome,
    tookMs,
    at: at.toISOString(),
    lines: report?.transactions ?? null,
    wrong: report?.wrong
      ? `Wallet ${report.wrong.walletId}${report.wrong.seq === null ? '' : `, line ${report.wrong.seq}`}: ${report.wrong.what}`
      : null,
  })),
}));

export const action = operators(async (visit) => {
  const { app, actor, request } = visit;
  const { intent } = await readForm(request);
  return attempt(visit, intent, async () => {
    if (intent !== 'check') throw refuse('request.malformed');
    await app.operator.checkLedger(actor, null);
    return redirect('/operator/ledger?done=checked');
  });
});

export const meta = titled(operatorWords.ledger);

export default function Ledger() {
  const { checks } = useLoaderData<typeof loader>();
  return (
    <OperatorPage title={operatorWords.ledger} lead={operatorWords.ledgerLead}>
      <Form intent="check">
        <Button look="main" intent="check" busyWords="Checking…">
          Check all wallets
        </Button>
      </Form>
      <Card flush={checks.length > 0}>
        {checks.length === 0 ? (
          <Empty icon={<Scale />} title={operatorWords.noChecks}>
            {operatorWords.noChecksLead}
          </Empty>
        ) : (
          <div className="-mt-4">
            <Table name="Checks">
              <thead>
                <tr>
                  <Th>When</Th>
                  <Th>Result</Th>
                  <Th>Scope</Th>
                  <Th numeric>Journal lines</Th>
                  <Th numeric>Took</Th>
                </tr>
              </thead>
              <tbody>
                {checks.map(({ id, at, outcome, wrong, walletId, lines, tookMs }) => (
                  <Tr key={id}>
                    <Td>
                      <Time at={at} />
                    </Td>
                    <Td>
                      <Tag tone={outcome === 'right' ? 'good' : outcome === 'wrong' ? 'bad' : 'warn'}>{checkOutcomes[outcome]}</Tag>
                      {wrong !== null && <p className="mt-1 wrap-anywhere">{wrong}</p>}
                    </Td>
                    <Td>{walletId === null ? 'all wallets' : <span className="font-mono text-xs">{walletId}</span>}</Td>
                    <Td numeric>{lines === null ? '–' : lines.toLocaleString('en')}</Td>
                    <Td numeric>{tookMs} ms</Td>
                  </Tr>
                ))}
              </tbody>
            </Table>
          </div>
        )}
      </Card>
    </OperatorPage>
  );
}
