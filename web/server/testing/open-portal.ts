// The portal on an ephemeral port, in front of whatever core and sessions a test has.

import type { App } from '#core/flows/app.ts';
import type { Auth, LoggedIn } from '#core/ports/auth.ts';
import type { Log } from '#core/ports/log.ts';
import { openPortal, type PortalSettings } from '../portal.ts';
import { openDoor, type Door, type SomeVerbs } from './open-door.ts';

const PORTAL_URL = 'http://portal.test';

/** `loggedIn` is whose session every request shows. */
export async function openPortalDoor(
  app: SomeVerbs,
  {
    loggedIn = null,
    auth = {},
    log = silent,
    ...settings
  }: Partial<Omit<PortalSettings, 'auth'>> & { loggedIn?: LoggedIn | null; auth?: Partial<Auth> } = {},
): Promise<Door> {
  const portal = await openPortal({
    paymentOrigins: [],
    loginOrigins: [],
    app: app as App,
    auth: { sessionOf: async () => loggedIn, ...auth } as Auth,
    log,
    publicUrl: PORTAL_URL,
    brandName: 'Impacter',
    operatorEmails: [],
    startingCredits: 50,
    sandboxPages: [],
    installs: [],
    filesOrigin: null,
    now: () => new Date('2026-11-25T12:00:00Z'),
    ...settings,
  });
  return openDoor(app, { portal, publicUrl: settings.publicUrl ?? PORTAL_URL });
}

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
