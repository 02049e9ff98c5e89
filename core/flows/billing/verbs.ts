import { bind } from '../runtime/bind.ts';
import type { Core } from '../runtime/core.ts';
import { hear } from './hear.ts';
import { buy, buyAsStranger } from './open-checkout.ts';
import { payments, portal } from './payments.ts';
import { endTopUp, setTopUp, topUp } from './top-up-settings.ts';
import { done, pack, packs, terms } from './views.ts';

export function billingVerbs(core: Core) {
  return bind(core, { packs, pack, buy, buyAsStranger, done, terms, hear, payments, portal, topUp, setTopUp, endTopUp });
}
