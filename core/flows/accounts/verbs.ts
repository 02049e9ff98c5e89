// People who log in, or act by a key: who they are, and what acts in their name.

import type { Core } from '../runtime/core.ts';
import { personVerbs } from './accounts.ts';
import { loginVerbs } from './logins.ts';
import { ownKeyVerbs } from './own-keys.ts';

export function accountVerbs(core: Core) {
  return { ...personVerbs(core), ...loginVerbs(core), ...ownKeyVerbs(core) };
}
