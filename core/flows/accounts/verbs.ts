// People who log in: who they are, in which team they act, and what else acts in their name.

import type { Core } from '../runtime/core.ts';
import { personVerbs } from './accounts.ts';
import { connectedLoginVerbs } from './connected-logins.ts';
import { loginVerbs } from './logins.ts';
import { ownKeyVerbs } from './own-keys.ts';

export function accountVerbs(core: Core) {
  return { ...personVerbs(core), ...loginVerbs(core), ...ownKeyVerbs(core), ...connectedLoginVerbs(core) };
}
