import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { credits, micro, showCredits } from '#core/domain/credits/credits.ts';
import { newId } from '#core/domain/ids.ts';
import type { Standing, StatementView } from '#core/domain/credits/statement.ts';
import { openCreditsStage, type CreditsTeam } from '#core/testing/stages/credits-stage.ts';
import { forAll } from '#core/testing/stages/stage.ts';

const stage = forAll(openCreditsStage);

test('a month tells what was there, what moved, and what was left', async () => {
  const team = await at('2026-10-20T12:00:00Z').team(100);
  await team.began({ held: 5 });
  stage().at = new Date('2026-11-03T12:00:00Z');
  await team.did({ held: 10, charged: 8 });
  await team.did({ held: 10, charged: 0 });
  await team.grant(50);
  stage().at = new Date('2026-12-01T00:00:00Z');
  await team.did({ charged: 1 });
  const view = await stage().app.credits.statement(team.owner, '2026-11');
  expect(view).toMatchObject({ month: '2026-11', closed: true, brokenAt: null, lines: { first: 3, last: 7, count: 5 } });
  expect([show(view.opening), ...view.movements.map((each) => `${each.type} ×${each.count}: ${show(each)}`), show(view.closing)]).toEqual([
    '100, 5 in use',
    'grant ×1: 50, 0 in use',
    'hold ×2: 0, 20 in use',
    'settle ×1: -8, -10 in use',
    'release ×1: 0, -10 in use',
    '142, 5 in use',
  ]);
});

test('months follow one another, also those in which nothing happened', async () => {
  const team = await at('2026-08-20T12:00:00Z').team(100);
  stage().at = new Date('2026-11-03T12:00:00Z');
  await team.did({ charged: 8 });
  expect(await stage().app.credits.statementMonths(team.owner)).toEqual(['2026-11', '2026-10', '2026-09', '2026-08']);
  const [august, september, november] = await Promise.all(
    ['2026-08', '2026-09', '2026-11'].map((month) => stage().app.credits.statement(team.owner, month)),
  );
  expect([august!.opening, august!.closing].map(show)).toEqual(['0, 0 in use', '100, 0 in use']);
  expect(september).toMatchObject({
    opening: august!.closing,
    closing: august!.closing,
    movements: [],
    lines: { first: null, last: null, count: 0 },
  });
  expect(november).toMatchObject({ closed: false, opening: september!.closing });
});

test('the fingerprint is that of the file, and both stay once the month is over', async () => {
  const team = await at('2026-10-20T12:00:00Z').team(100);
  const erased = await team.did({ text: 'something private', charged: 2.5 });
  const open = await stage().app.credits.statement(team.owner, '2026-10');
  stage().at = new Date('2026-10-31T23:59:59.999Z');
  await team.grant(1);
  stage().at = new Date('2026-11-01T00:00:00.000Z');
  const before = await read(team, '2026-10');
  await team.grant(1);
  await stage().bank.query(`UPDATE tasks SET request_text = '' WHERE id = $1`, [erased]);
  await stage().bank.query('DELETE FROM tasks WHERE id = $1', [erased]);
  const after = await read(team, '2026-10');
  expect(after).toEqual(before);
  expect(before.file).toBe(
    [
      'line,at,type,task,credits,set aside,debt,balance after,set aside after,debt after',
      '0,2026-10-20T12:00:00.000Z,open,,0,0,0,0,0,0',
      '1,2026-10-20T12:00:00.000Z,grant,,100,0,0,100,0,0',
      `2,2026-10-20T12:00:00.000Z,hold,${erased},0,2.5,0,100,2.5,0`,
      `3,2026-10-20T12:00:00.000Z,settle,${erased},-2.5,-2.5,0,97.5,0,0`,
      '4,2026-10-31T23:59:59.999Z,grant,,1,0,0,98.5,0,0',
      '',
    ].join('\n'),
  );
  expect(createHash('sha256').update(before.file).digest('hex')).toBe(before.view.fingerprint);
  expect(open.fingerprint).not.toBe(before.view.fingerprint);
});

test('a clock that is behind moves no line from one month to the other', async () => {
  const team = await at('2026-10-20T12:00:00Z').team(100);
  stage().at = new Date('2026-11-01T00:00:00.400Z');
  await team.grant(1);
  const october = await read(team, '2026-10');
  stage().at = new Date('2026-10-31T23:59:59.900Z'); // another server
  await team.grant(1);
  stage().at = new Date('2026-11-01T00:00:00.100Z');
  await team.grant(1);
  expect(await read(team, '2026-10')).toEqual(october);
  expect((await stage().app.credits.statement(team.owner, '2026-11')).lines).toEqual({ first: 2, last: 4, count: 3 });
});

test('who changes a line is found, by the line and by the fingerprint', async () => {
  const team = await at('2026-10-20T12:00:00Z').team(100);
  await team.did({ charged: 2 });
  await team.did({ charged: 2 });
  const before = await stage().app.credits.statement(team.owner, '2026-10');
  await stage().bank.query('ALTER TABLE transactions DISABLE TRIGGER ALL');
  await stage().bank.query(`UPDATE transactions SET credits = credits + 1, balance = balance + 1 WHERE wallet_id = $1 AND seq = 3`, [
    team.walletId,
  ]);
  await stage().bank.query('ALTER TABLE transactions ENABLE TRIGGER ALL');
  const after = await stage().app.credits.statement(team.owner, '2026-10');
  expect([before.brokenAt, after.brokenAt]).toEqual([null, 4]);
  expect(after.fingerprint).not.toBe(before.fingerprint);
});

test('there is no statement before the first credits, of a month to come, or for another team or role', async () => {
  const team = await at('2026-10-20T12:00:00Z').team(100);
  for (const month of ['2026-09', '2026-11', '2026-13', 'soon', '']) {
    await expect(stage().app.credits.statement(team.owner, month)).rejects.toMatchObject({ code: 'statement.not-found' });
    await expect(stage().app.credits.statementFile(team.owner, month)).rejects.toMatchObject({ code: 'statement.not-found' });
  }
  const member = { ...team.owner, role: 'member' as const };
  for (const ask of [
    stage().app.credits.statement(member, '2026-10'),
    stage().app.credits.statementFile(member, '2026-10'),
    stage().app.credits.statementMonths(member),
  ]) {
    await expect(ask).rejects.toMatchObject({ code: 'not.allowed' });
  }
});

test('whatever happened, opening and movements make the closing, and months join without a gap', async () => {
  const happening = fc.record({
    day: fc.nat(100),
    what: fc.constantFrom('work', 'work', 'begin', 'fail', 'grant', 'short grant', 'clawback'),
    amount: fc.integer({ min: 1, max: 60 }),
  });
  const property = fc.asyncProperty(fc.array(happening, { maxLength: 30 }), async (happened) => {
    const start = Date.parse('2026-08-10T12:00:00Z');
    const team = await at('2026-08-10T12:00:00Z').team(50);
    for (const { day, what, amount } of happened.toSorted((a, b) => a.day - b.day)) {
      stage().at = new Date(start + day * 86_400_000);
      if (what === 'grant') await team.grant(amount);
      else if (what === 'short grant') await team.grant(amount, { expiresAt: new Date(stage().at.getTime() + 86_400_000) });
      else if (what === 'clawback')
        await stage().store.ledger.clawback({ key: newId<never>(), wallet: team.walletId, credits: credits(amount) }, stage().at);
      else {
        const { taskId, held } = await team.began({ held: amount });
        if (what === 'begin' || held.outcome !== 'held') continue;
        await stage().store.ledger.close({ task: taskId, charge: credits(what === 'work' ? Math.ceil(amount / 2) : 0) }, stage().at);
      }
    }
    stage().at = new Date(start + 101 * 86_400_000);
    const months = (await stage().app.credits.statementMonths(team.owner)).toReversed();
    const views = await Promise.all(months.map((month) => stage().app.credits.statement(team.owner, month)));
    let standing: Standing = { balance: '0', inUse: '0', debt: '0' };
    let lines = 0;
    for (const view of views) {
      expect(view.opening).toEqual(standing);
      expect(view.movements.reduce(plus, view.opening)).toEqual(view.closing);
      expect(view.movements.reduce((total, { count }) => total + count, 0)).toBe(view.lines.count);
      expect(view.brokenAt).toBeNull();
      standing = view.closing;
      lines += view.lines.count;
    }
    const [wallet] = await stage().bank.query<{ balance: string; held: string; debt: string; seq: string }>(
      'SELECT balance, held, debt, seq FROM wallets WHERE id = $1',
      [team.walletId],
    );
    expect(standing).toEqual({ balance: wallet!.balance, inUse: wallet!.held, debt: wallet!.debt });
    expect(lines).toBe(Number(wallet!.seq) + 1);
  });
  await fc.assert(property, { numRuns: 15 });
});

function plus(a: Standing, b: Standing): Standing {
  const add = (one: string, other: string) => (BigInt(one) + BigInt(other)).toString();
  return { balance: add(a.balance, b.balance), inUse: add(a.inUse, b.inUse), debt: add(a.debt, b.debt) };
}

async function read(team: CreditsTeam, month: string): Promise<{ view: StatementView; file: string }> {
  const [view, file] = await Promise.all([
    stage().app.credits.statement(team.owner, month),
    stage().app.credits.statementFile(team.owner, month),
  ]);
  return { view, file: (await buffer(file)).toString() };
}

function at(time: string) {
  stage().at = new Date(time);
  return stage();
}

function show({ balance, inUse }: Standing): string {
  return `${showCredits(micro(balance))}, ${showCredits(micro(inUse))} in use`;
}
