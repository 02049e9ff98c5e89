// What credits are enough for, at today's prices.

import { asNumber } from '#core/domain/credits/credits.ts';
import { rateOf } from '#core/domain/credits/rates.ts';

const leads = rateOf('lead-generation');
const research = rateOf('research');

/** Credits. */
export const perLead = leads.unit === null ? 1 : asNumber(leads.perUnit);
export const TYPICAL_RESEARCH = research.unit === null ? asNumber(research.typical) : 1;
