// What every part of the sandbox shares.

import type { SandboxClock } from '#bots/stand-in/clock.ts';
import type { Faults } from '#bots/stand-in/faults.ts';
import type { Shelf } from './shelf.ts';
import type { Client } from './oauth/grants.ts';
import type { OpenId } from './oauth/openid.ts';
import type { Limits } from './limits/limits.ts';
import type { State } from './state.ts';
import type { Sockets } from './tell/socket.ts';
import type { Teller } from './tell/teller.ts';

export interface World {
  readonly state: State;
  readonly clock: SandboxClock;
  readonly limits: Limits;
  readonly faults: Faults;
  readonly shelf: Shelf;
  readonly teller: Teller;
  readonly sockets: Sockets;
  readonly client: Client;
  /** Who people are, for the app that asks. */
  readonly openId: OpenId;
  /** What an app opens its connections with. */
  readonly appToken: string;
  /** Where it listens. */
  readonly url: () => string;
}
