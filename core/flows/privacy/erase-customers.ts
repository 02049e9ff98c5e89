// Customers of erased teams are deleted at Stripe too, with their cards and addresses. The database keeps their ids until Stripe
// says that they are gone: erasing a team waits for nobody.

import { PaymentsError, type Payments } from '#core/ports/payments.ts';
import { raiseAlarm } from '../mail/alarm.ts';
import { tellOfKey } from '../mail/key-alarm.ts';
import type { Core } from '../runtime/core.ts';

const AT_ONCE = 20;
const DAY_MS = 24 * 60 * 60_000;
/** The law gives a month for all of it. */
const LATE_MS = 3 * DAY_MS;

/** Each one once in a call; one that could not be deleted is tried again later, at least once a day. */
export async function deleteCustomers(core: Core, payments: Payments): Promise<void> {
  const { customers } = core.store;
  const at = core.clock.now();
  for (const { customerId, askedAt } of await customers.claimErased(at, AT_ONCE)) {
    try {
      await payments.deleteCustomer(customerId);
      await customers.deleted(customerId);
      core.log.info({}, 'customer of an erased team deleted at Stripe');
    } catch (error) {
      if (!(error instanceof PaymentsError)) throw error;
      await tellOfKey(core, error);
      core.log.warn({ kind: error.kind, code: error.code, reason: error.message }, 'customer of an erased team not deleted yet');
      if (at.getTime() - askedAt.getTime() > LATE_MS)
        await raiseAlarm(core, 'customers-left', {
          title: 'Customers of deleted teams are still in Stripe',
          words: `Stripe has not deleted the customer ${customerId} for ${Math.floor((at.getTime() - askedAt.getTime()) / DAY_MS)} days (${error.code}).\nDelete it in Stripe. It is tried again once a day until it is gone.`,
        });
    }
  }
}
