// What the table itself lets nobody do to a purchase.

import { expect, test } from 'vitest';
import { purchaseMoves, type PurchaseState } from '#core/domain/billing/purchase.ts';
import { offerOf } from '#core/domain/credits/packs.ts';
import { newId, type PurchaseId, type TeamId, type WalletId } from '#core/domain/ids.ts';
import { openBank } from '#core/testing/ledger/bank.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { customersOver } from './customers.ts';
import { purchasesOver } from './purchases.ts';

const at = new Date('2026-12-01T12:00:00Z');
const bank = forAll(async () => {
  const opened = await openBank();
  return { money: opened.money, stop: () => opened.close() };
});
const money = () => bank().money;
const states = Object.keys(purchaseMoves) as PurchaseState[];

test('a purchase goes only from where to where its table of moves lets it, and a paid one stays paid', async () => {
  for (const from of states)
    for (const to of states.filter((each) => each !== from)) {
      const id = await purchaseThatIs(from);
      const outcome = await moved(id, to).then(
        () => 'moved',
        (error: { constraint?: string }) => error.constraint,
      );
      expect([from, to, outcome]).toEqual([from, to, purchaseMoves[from].includes(to) ? 'moved' : 'purchases_guard']);
    }
});

test.each([
  'pack',
  'pack_version',
  'credits',
  'price',
  'currency',
  'livemode',
  'checkout_id',
  'payment_id',
  'team_id',
  'paid',
  'opened_at',
])('the %s of a purchase never changes once it is there', async (column) => {
  const id = await purchaseThatIs('paid');
  const others: Readonly<Record<string, string>> = {
    livemode: 'NOT livemode',
    opened_at: `now()`,
    team_id: 'NULL',
    pack: `'scale'`,
    price: `'gold'`,
    currency: `'eur'`,
  };
  const change = money().query({ text: `UPDATE purchases SET ${column} = ${others[column] ?? `'7'`} WHERE id = $1` }, [id]);
  await expect(change).rejects.toMatchObject({ constraint: 'purchases_guard' });
});

test('a checkout and a payment belong to one purchase', async () => {
  const purchases = purchasesOver(money());
  const [first, second] = [await purchaseThatIs('open'), await purchaseThatIs('open')];
  expect([
    await purchases.opened(first, 'cs_one'),
    await purchases.opened(first, 'cs_one'),
    await purchases.opened(first, 'cs_two'),
  ]).toEqual([true, true, false]);
  await expect(purchases.opened(second, 'cs_one')).rejects.toMatchObject({ constraint: 'purchases_checkout_id_key' });
  await moved(first, 'paid', 'pi_one');
  await expect(moved(second, 'paid', 'pi_one')).rejects.toMatchObject({ constraint: 'purchases_payment_id_key' });
});

test('what has no team, no payment or no time is not paid', async () => {
  for (const missing of ['team_id', 'wallet_id', 'payment_id', 'paid', 'paid_at', 'checkout_id']) {
    const id = await purchaseThatIs('open');
    await expect(moved(id, 'paid', newId(), { [missing]: null })).rejects.toMatchObject({ constraint: 'purchases_paid' });
  }
});

test('a stranger’s checkout that nobody paid is forgotten after 90 days, and nothing else is', async () => {
  const [open, expired, pending, paid] = [
    await purchaseThatIs('open'),
    await purchaseThatIs('expired'),
    await purchaseThatIs('pending'),
    await purchaseThatIs('paid'),
  ];
  const left = async () => {
    const { rows } = await money().query<{ id: string }>({ text: 'SELECT id FROM purchases WHERE id = ANY ($1) ORDER BY id' }, [
      [open, expired, pending, paid],
    ]);
    return rows.map(({ id }) => id);
  };
  const day = 24 * 3_600_000;
  await purchasesOver(money()).tidy(new Date(at.getTime() + 89 * day));
  expect(await left()).toHaveLength(4);
  await purchasesOver(money()).tidy(new Date(at.getTime() + 90 * day));
  expect(await left()).toEqual([pending, paid]);
});

test('a team has one customer, and a customer one team', async () => {
  const customers = customersOver(money());
  const [first, second] = [(await newTeam()).teamId, (await newTeam()).teamId];
  await customers.keep(first, 'cus_one');
  await customers.keep(first, 'cus_two');
  await customers.keep(second, 'cus_one');
  expect([await customers.of(first), await customers.of(second)]).toEqual(['cus_one', null]);
});

async function newTeam(): Promise<{ teamId: TeamId; walletId: WalletId }> {
  const [teamId, walletId] = [newId<TeamId>(), newId<WalletId>()];
  await money().query({ text: `INSERT INTO teams (id, name) VALUES ($1, 'Ada')` }, [teamId]);
  await money().query({ text: 'SELECT ledger_open($1, $2, $3)' }, [walletId, teamId, at]);
  return { teamId, walletId };
}

async function purchaseThatIs(state: PurchaseState): Promise<PurchaseId> {
  const id = newId<PurchaseId>();
  await purchasesOver(money()).open({ id, buyer: null, offer: offerOf('team', 'usd'), livemode: false, saveCard: false }, at);
  if (state !== 'open') await moved(id, state);
  return id;
}

/** By hand, as nothing of ours does it. */
async function moved(id: PurchaseId, state: PurchaseState, payment: string = newId(), change: Record<string, null> = {}): Promise<void> {
  const team = state === 'paid' ? await newTeam() : null;
  const columns: Record<string, unknown> = {
    state,
    ...(team && {
      checkout_id: newId(),
      payment_id: payment,
      team_id: team.teamId,
      wallet_id: team.walletId,
      paid: 1,
      paid_at: at,
      ended_at: at,
    }),
    ...change,
  };
  if (team) {
    const known = await purchasesOver(money()).byId(id);
    if (known?.checkoutId) columns['checkout_id'] = known.checkoutId;
  }
  const sets = Object.keys(columns).map((name, i) => `${name} = $${i + 2}`);
  await money().query({ text: `UPDATE purchases SET ${sets.join(', ')} WHERE id = $1` }, [id, ...Object.values(columns)]);
}
