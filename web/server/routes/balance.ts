import { nothing, parseRequest } from '#core/contracts/api.ts';
import { walletAnswer } from '../answers.ts';
import type { Route } from '../route.ts';
import type { Parts } from '../parts.ts';

export function balanceRoutes({ app, keys }: Parts): Route[] {
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
