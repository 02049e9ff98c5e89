import { expect, test } from 'vitest';
import { credits, NO_CREDITS } from './credits.ts';
import { sayTransaction, transactionWords, type TransactionFacts } from './say-transaction.ts';
import { transactionTypes } from './transaction.ts';

const nothing: TransactionFacts = {
  type: 'open',
  credits: NO_CREDITS,
  heldChange: NO_CREDITS,
  debtChange: NO_CREDITS,
  overrun: NO_CREDITS,
  source: null,
  paid: false,
  note: null,
  money: null,
  taskStatus: null,
};

test.each<[string, Partial<TransactionFacts>]>([
  ['Wallet opened', {}],
  ['Welcome credits', { type: 'grant', credits: credits(50), source: 'welcome' }],
  ['Granted by the operator | for the trouble on Monday', { type: 'grant', source: 'operator', note: 'for the trouble on Monday.' }],
  ['Granted | 20 credits paid what was owed', { type: 'grant', credits: credits(30), debtChange: credits(-20), source: 'a word to come' }],
  ['Granted', { type: 'grant', source: 'constructor' }],
  ['Bought', { type: 'purchase', credits: credits(500), paid: true }],
  ['Bought | Paid $25. Auto top-up', { type: 'purchase', paid: true, money: { amount: '2500', currency: 'usd' }, note: 'Auto top-up' }],
  ['Bought | Paid ¥0', { type: 'purchase', paid: true, money: { amount: '0', currency: 'jpy' } }],
  ['Restored | A refund or dispute was reversed', { type: 'restore', credits: credits(500), paid: true }],
  ['Reserved | Nothing is charged until the task is done', { type: 'hold', heldChange: credits(12) }],
  ['Used', { type: 'settle', credits: credits(-12), heldChange: credits(-12), taskStatus: 'completed' }],
  ['Used | 3 credits returned', { type: 'settle', credits: credits(-9), heldChange: credits(-12) }],
  [
    'Used | Up to when the task was canceled. 1 credit returned. 2 credits paid what was owed',
    { type: 'settle', credits: credits(-11), heldChange: credits(-12), debtChange: credits(-2), taskStatus: 'canceled' },
  ],
  [
    'Used | 5 credits above the reserved amount were not charged',
    { type: 'settle', credits: credits(-12), heldChange: credits(-12), overrun: credits(5) },
  ],
  ['Returned | The task failed, so nothing was charged', { type: 'release', heldChange: credits(-12), taskStatus: 'failed' }],
  ['Returned | The task was canceled before it used anything', { type: 'release', heldChange: credits(-12), taskStatus: 'canceled' }],
  ['Returned | The task cost nothing', { type: 'release', heldChange: credits(-12) }],
  ['Returned | The task was removed, so nothing was charged', { type: 'hold_expiry', heldChange: credits(-12) }],
  ['Expired | Welcome credits', { type: 'lot_expiry', credits: credits(-7), source: 'welcome' }],
  [
    'Removed | After a refund or dispute. 40 credits already used, now owed',
    { type: 'clawback', credits: credits(-60), debtChange: credits(40), paid: true },
  ],
  ['Removed | a grant by mistake', { type: 'clawback', credits: credits(-60), note: 'a grant by mistake' }],
])('people read: %s', (words, facts) => {
  const said = sayTransaction({ ...nothing, ...facts });
  expect([said.words, said.detail].filter((part) => part !== null).join(' | ')).toBe(words);
});

test('each type has words of its own, for a line and for a choice', () => {
  expect(transactionTypes.map((type) => sayTransaction({ ...nothing, type }).words)).not.toContain('');
  expect(Object.keys(transactionWords)).toEqual([...transactionTypes]);
});
