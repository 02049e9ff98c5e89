// The tests that every adapter passes. A platform's folder calls them with its kit: `adapterContract(kit)`.

import { describe, expect, test } from 'vitest';
import { adapters } from '../adapters.ts';
import { hearingContract } from './hearing-contract.ts';
import type { Kit, KitPart } from './kit.ts';
import { postingContract } from './posting-contract.ts';
import { renderingContract } from './rendering-contract.ts';
import { showingContract } from './showing-contract.ts';
import { threadRefContract } from './thread-ref-contract.ts';

export function adapterContract<Part>(kit: Kit<Part>) {
  const { platform } = kit.adapter;
  describe(`the ${platform} adapter`, () => {
    describe('thread refs', () => threadRefContract(kit));
    describe('rendering', () => renderingContract(kit));
    const contracts = {
      posting: () => postingContract(kit),
      showing: () => showingContract(kit),
      hearing: () => hearingContract(kit),
    } as const;
    for (const { part, state } of partsOf(kit)) {
      if (state === 'there') describe(`${part}`, contracts[part]);
      else if (state === 'not yet') test(`${part} is still to be built`, ({ skip }) => skip('notYet names it'));
      else
        test(`${part} is tested`, () =>
          expect.fail(`the kit has no ${needs[part]}, so ${part} is not tested; notYet names what is not built yet`));
    }
    if (adapters.some((shipped) => shipped.platform === platform))
      test('everything is built, since the product ships it', () => expect(kit.notYet ?? []).toEqual([]));
  });
}

/** What the kit has to bring for each part. */
const needs = { posting: 'stage', showing: 'stage', hearing: 'hearing' } as const satisfies Partial<Record<KitPart, keyof Kit>>;

interface PartState {
  readonly part: keyof typeof needs;
  readonly state: 'there' | 'not yet' | 'missing';
}

/** What is tested besides drawing: nothing where people read the letters from us. */
export function partsOf({
  adapter,
  notYet = [],
  ...kit
}: Pick<Kit, 'notYet' | 'stage' | 'hearing'> & { readonly adapter: Pick<Kit['adapter'], 'delivery'> }): PartState[] {
  if (adapter.delivery === 'read-here') return [];
  return (['posting', 'showing', 'hearing'] as const).map((part) => ({
    part,
    state: notYet.includes(part) ? 'not yet' : kit[needs[part]] === undefined ? 'missing' : 'there',
  }));
}
