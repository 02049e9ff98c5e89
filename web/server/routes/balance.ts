import { nothing, parseRequest } from '#core/contracts/api.ts';
import { walletAnswer } from '../answers.ts';
import type { Route } from '../route.ts';
import type { PartsFor } from '../parts.ts';

export function balanceRoutes({ app, keys }: PartsFor<'credits'>): Route[] {
  return [
    {
      path: '/api/balance',
      async GET(request, response) {
        const actor = await keys.actorOf(request, response);
        parseRequest(nothing, request.query);
        response.json(walletAnswer(await app.credits.balance(actor)));
      },
    },
  ];
}
