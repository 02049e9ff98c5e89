// The platforms that the product ships. The portal is none of them: it draws replies itself.

import type { Adapter } from './adapter.ts';
import { discord } from './discord/adapter.ts';
import { slack } from './slack/adapter.ts';
import { terminal } from './terminal/adapter.ts';

export const adapters: readonly Adapter[] = [terminal, slack as Adapter, discord as Adapter];
