// Interactions are answered by their token: once within three seconds, and then for a quarter of an hour.

import { answerMessage, answerWith } from '../interactions/answer-with.ts';
import { editFlags } from '../checks/message.ts';
import { complaintsNow } from '../checks/spec.ts';
import { tellRemoved } from '../gateway/events.ts';
import { DiscordNo, invalid } from '../no.ts';
import type { Interaction, Message } from '../shapes.ts';
import { flags, wireMessage } from '../wire-message.ts';
import { botId } from '../bot.ts';
import { compose } from './compose.ts';
import { change } from './messages.ts';
import { done, ok, type Call, type Effect, type Json, type Route } from './route.ts';

const tokenMs = 15 * 60_000;
/** Where the app is there for one person alone. */
const mostFollowUps = 5;
const limit = { name: 'interaction', most: 5, inMs: 2_000 };

export const interactionRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/interactions/:interaction/:token/callback',
    as: 'token',
    limit: { name: 'callback', most: 1_000, inMs: 1_000 },
    bind({ world, params, query, files }) {
      const interaction = world.state.get('interactions', params['interaction']!);
      if (interaction === undefined || interaction.token !== params['token']) throw new DiscordNo(10062);
      return (body) => answerWith(world, interaction, body, files, complaintsNow(), query.get('with_response') === 'true');
    },
  },
  {
    method: 'POST',
    path: '/webhooks/:app/:token',
    as: 'token',
    limit,
    schema: 'IncomingWebhookInteractionRequestSchema',
    bind(call) {
      const interaction = interactionOf(call);
      return (body) => (interaction.state === 'deferred' ? completed(call, interaction, body) : followUp(call, interaction, body));
    },
  },
  {
    method: 'GET',
    path: '/webhooks/:app/:token/messages/:message',
    as: 'token',
    limit,
    bind(call) {
      const message = answerOf(call, interactionOf(call));
      return () => () => ok(wireMessage(call.world, message));
    },
  },
  {
    method: 'PATCH',
    path: '/webhooks/:app/:token/messages/:message',
    as: 'token',
    limit,
    schema: 'IncomingWebhookUpdateForInteractionCallbackRequestPartialSchema',
    bind(call) {
      const { world, files } = call;
      const interaction = interactionOf(call);
      const message = answerOf(call, interaction);
      const checked = (body: Json) => {
        const complaints = editFlags(body);
        if (complaints.length > 0) throw invalid(complaints);
        return body;
      };
      if (interaction.state === 'deferred' && message.id === interaction.original)
        return (body) => completed(call, interaction, checked(body));
      return (body) => {
        const composed = compose(world, world.state.get('channels', message.channel)!, checked(body), files, message);
        return () => ok(wireMessage(world, change(world, message, composed)));
      };
    },
  },
  {
    method: 'DELETE',
    path: '/webhooks/:app/:token/messages/:message',
    as: 'token',
    limit,
    bind(call) {
      const { world } = call;
      const message = answerOf(call, interactionOf(call));
      return () => () => {
        world.state.keep({ ...message, deleted: true });
        if (message.only === null) tellRemoved(world, world.state.get('channels', message.channel)!, [message.id]);
        return done;
      };
    },
  },
];

function interactionOf({ world, params }: Call): Interaction {
  const found = world.state.byToken(params['token']!);
  if (found === undefined || params['app'] !== botId || found.state === 'open') throw new DiscordNo(10015);
  if (world.clock.now().getTime() - found.atMs > tokenMs) throw new DiscordNo(50027);
  return found;
}

function answerOf({ world, params }: Call, interaction: Interaction): Message {
  const id = params['message'] === '@original' ? interaction.original : params['message']!;
  const message = world.state.get('messages', id ?? '');
  const isIts = message !== undefined && (message.interaction === interaction.id || message.id === interaction.original);
  if (!isIts || message.deleted) throw new DiscordNo(10008);
  return message;
}

/** What was promised comes: the first thing that is said after a promise takes its place. */
function completed({ world, files }: Call, interaction: Interaction, body: Json): Effect {
  const loading = world.state.get('messages', interaction.original!)!;
  const composed = compose(world, world.state.get('channels', interaction.channel)!, body, files, {
    ...loading,
    flags: loading.flags & flags.ephemeral,
  });
  return () => {
    const message = world.state.keep({ ...change(world, loading, composed), editedAt: null });
    world.state.put('interactions', interaction.id, { ...interaction, state: 'answered' });
    return ok(wireMessage(world, message));
  };
}

function followUp({ world, files }: Call, interaction: Interaction, body: Json): Effect {
  if (interaction.isUserInstall && interaction.followUps >= mostFollowUps) throw new DiscordNo(40094);
  const composed = compose(world, world.state.get('channels', interaction.channel)!, body, files);
  return () => {
    const { content, components, embeds, flags: bits, mentions, keepFiles } = composed;
    const isEphemeral = (bits & flags.ephemeral) !== 0;
    const message = answerMessage(world, interaction, isEphemeral, {
      content,
      components,
      embeds,
      flags: bits,
      ...mentions,
      attachments: keepFiles(),
    });
    world.state.put('interactions', interaction.id, { ...interaction, followUps: interaction.followUps + 1 });
    return ok(wireMessage(world, message));
  };
}
