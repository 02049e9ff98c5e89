// All that is played of the API.

import { catalogRoutes } from './catalog.ts';
import { checkoutRoutes } from './checkout.ts';
import { customerRoutes } from './customers.ts';
import { eventRoutes } from './events.ts';
import { paymentRoutes } from './payments.ts';
import type { Route } from './route.ts';

export const routes: readonly Route[] = [...checkoutRoutes, ...paymentRoutes, ...customerRoutes, ...catalogRoutes, ...eventRoutes];
