// What those who run the product may see and do, and what shows whether it works.

import type { Core } from '../runtime/core.ts';
import { operatorAccessVerbs } from './operate-access.ts';
import { operateBillingVerbs } from './operate-billing.ts';
import { operateVerbs } from './operate.ts';

export function operatorVerbs(core: Core) {
  return { ...operateVerbs(core), ...operatorAccessVerbs(core), ...operateBillingVerbs(core) };
}
