import { lettersQuery, parseRequest } from '#core/contracts/api.ts';
import { isId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { pathPart, type Route } from '../route.ts';
import type { PartsFor } from '../parts.ts';

export function conversationRoutes({ app, keys }: PartsFor<'messages'>): Route[] {
  return [
    {
      path: '/api/conversations/:id/letters',
      async GET(request, response) {
        const actor = await keys.actorOf(request, response);
        const { after } = parseRequest(lettersQuery, request.query);
        const conversationId = pathPart(request, 'id');
        if (!isId(conversationId)) throw refuse('conversation.not-found');
        const letters = await app.messages.letters(actor, conversationId, after);
        response.json({ letters, next: letters.at(-1)?.seq ?? after });
      },
    },
  ];
}
