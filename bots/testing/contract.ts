// The tests that every adapter passes. A platform's folder calls them with its kit: `adapterContract(kit)`.

import { describe } from 'vitest';
import { hearingContract } from './hearing-contract.ts';
import type { Kit } from './kit.ts';
import { postingContract } from './posting-contract.ts';
import { renderingContract } from './rendering-contract.ts';
import { showingContract } from './showing-contract.ts';
import { threadRefContract } from './thread-ref-contract.ts';

export function adapterContract<Part>(kit: Kit<Part>) {
  describe(`the ${kit.adapter.platform} adapter`, () => {
    describe('thread refs', () => threadRefContract(kit));
    describe('rendering', () => renderingContract(kit));
    if (kit.stage) describe('posting', () => postingContract(kit));
    if (kit.stage) describe('showing', () => showingContract(kit));
    if (kit.hearing) describe('hearing', () => hearingContract(kit));
  });
}
