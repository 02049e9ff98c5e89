import { expect, test } from 'vitest';
import { networkOf } from '../accounts/network.ts';
import { countedDomain } from './starting-credits.ts';

test.each([
  ['ada@farm.example', 'farm.example'],
  ['ada@Mail.FARM.example.', 'farm.example'],
  ['ada@a.b.c.farm.example', 'farm.example'],
  ['ada@farm.co.uk', 'farm.co.uk'],
  ['ada@mail.farm.co.uk', 'farm.co.uk'],
  ['ada@mail.farm.de', 'farm.de'],
  // Names below it are given away, so all of it counts as one.
  ['ada@farm.uk.com', 'uk.com'],
  ['ada@gmail.com.farm.example', 'farm.example'],
  ['ada@mail.gmail.com', 'gmail.com'],
  ['ada@gmail.com', null],
  ['Ada@GoogleMail.com', null],
  ['ada@hotmail.co.uk', null],
])('%s counts for %s', (address, domain) => {
  expect(countedDomain(address)).toBe(domain);
});

test.each([
  ['203.0.113.9', '203.0.113'],
  ['::ffff:203.0.113.9', '203.0.113'],
  ['2001:db8:7:7::9', '2001:db8:7:7'],
  ['2001:0DB8:0007:0007:1:2:3:4', '2001:db8:7:7'],
  ['2001:db8::9', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  [null, 'unknown'],
])('%s calls from the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
