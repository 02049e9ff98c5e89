// For those who run the product.

import type { Core } from '../runtime/core.ts';
import { operatorAccessVerbs } from './operate-access.ts';
import { operateVerbs } from './operate.ts';

export function operatorVerbs(core: Core) {
  return { ...operateVerbs(core), ...operatorAccessVerbs(core) };
}
