// The app's first answer to an interaction: a message, a promise of one, a change of the message that was pressed on, or a form.

import { isRecord } from '#bots/stand-in/check.ts';
import { modalComplaints } from '../checks/modal.ts';
import type { Complain, SchemaName } from '../checks/spec.ts';
import { DiscordNo, invalid, type Complaint } from '../no.ts';
import { withIds, compose } from '../rest/compose.ts';
import { change, put } from '../rest/messages.ts';
import { done, ok, type Effect, type Json, type Upload } from '../rest/route.ts';
import type { Interaction, Message } from '../shapes.ts';
import { flags, wireMessage } from '../wire-message.ts';
import { botId } from '../bot.ts';
import type { Piece } from '../checks/components.ts';
import type { World } from '../world.ts';
import { answerMs } from './waiting.ts';

/** The schema of each type of answer. */
const schemas: Readonly<Record<number, SchemaName>> = {
  4: 'CreateMessageInteractionCallbackRequestSchema',
  5: 'CreateMessageInteractionCallbackRequestSchema',
  6: 'UpdateMessageInteractionCallbackRequestSchema',
  7: 'UpdateMessageInteractionCallbackRequestSchema',
  9: 'ModalInteractionCallbackRequestSchema',
};

/** Throws Discord's no. */
export function answerWith(
  world: World,
  interaction: Interaction,
  body: Json,
  files: readonly Upload[],
  complain: Complain,
  withResponse = false,
): Effect {
  const { state, clock } = world;
  if (interaction.state !== 'open') throw new DiscordNo(40060);
  if (clock.now().getTime() - interaction.atMs > answerMs) throw new DiscordNo(10062);
  const type = Number(body['type']);
  const schema = schemas[type];
  if (schema === undefined) throw invalid([wrong(['type'], 'An answer has another type.')]);
  const complaints = complain(schema, body);
  if (complaints.length > 0) throw invalid(complaints);
  const data: Json = isRecord(body['data']) ? body['data'] : {};
  const channel = state.get('channels', interaction.channel)!;
  const isEphemeral = (Number(data['flags'] ?? 0) & flags.ephemeral) !== 0;

  switch (type) {
    case 4: {
      const composed = compose(world, channel, data, files);
      return ended(() => {
        const { content, components, embeds, flags: bits, mentions, keepFiles } = composed;
        const message = answerMessage(world, interaction, isEphemeral, {
          content,
          components,
          embeds,
          flags: bits,
          ...mentions,
          attachments: keepFiles(),
        });
        return keep({ state: 'answered', original: message.id, isEphemeral });
      });
    }
    case 5: {
      // Nothing but whether one person alone will see it.
      const others = Object.keys(data).filter((key) => key !== 'flags');
      if (others.length > 0 || (Number(data['flags'] ?? 0) & ~flags.ephemeral) !== 0)
        throw invalid([wrong(['data', others[0] ?? 'flags'], 'What is promised has no more than the flag for one person alone.')]);
      return ended(() => {
        const message = answerMessage(world, interaction, isEphemeral, { flags: flags.loading | (isEphemeral ? flags.ephemeral : 0) });
        return keep({ state: 'deferred', original: message.id, isEphemeral });
      });
    }
    case 6:
    case 7: {
      const message = interaction.message === null ? undefined : state.get('messages', interaction.message);
      if (message === undefined || interaction.kind === 'command') throw invalid([wrong(['type'], 'There is no message to change.')]);
      if (type === 6) return ended(() => keep({ state: 'deferred-update', original: message.id, isEphemeral: message.only !== null }));
      const composed = compose(world, channel, data, files, message);
      return ended(() => {
        change(world, message, composed);
        return keep({ state: 'answered', original: message.id, isEphemeral: message.only !== null });
      });
    }
    default: {
      if (interaction.kind === 'form') throw invalid([wrong(['type'], 'A form is not answered with a form.')]);
      const bad = modalComplaints(data);
      if (bad.length > 0) throw invalid(bad);
      return ended(() => {
        const id = state.nextId();
        state.put('forms', id, {
          id,
          user: interaction.user,
          customId: data['custom_id'] as string,
          title: data['title'] as string,
          components: withIds(data['components'] as readonly Piece[]),
          channel: interaction.channel,
          message: interaction.message,
          isUserInstall: interaction.isUserInstall,
          isOpen: true,
        });
        return keep({ state: 'answered' });
      });
    }
  }

  function ended(act: () => void): Effect {
    return () => {
      act();
      world.waiting.answered(interaction.id);
      if (!withResponse) return done;
      const { original, isEphemeral: only, state: now } = state.get('interactions', interaction.id)!;
      const message = original === null ? undefined : state.get('messages', original);
      return ok({
        interaction: {
          id: interaction.id,
          type: interaction.kind === 'command' ? 2 : interaction.kind === 'component' ? 3 : 5,
          ...(original !== null && {
            response_message_id: original,
            response_message_loading: now === 'deferred',
            response_message_ephemeral: only,
          }),
        },
        resource: { type, ...(message !== undefined && { message: wireMessage(world, message) }) },
      });
    };
  }

  function keep(after: Partial<Interaction>): void {
    state.put('interactions', interaction.id, { ...state.get('interactions', interaction.id)!, ...after });
  }
}

/** A message of the bot's that answers an interaction. */
export function answerMessage(world: World, interaction: Interaction, isEphemeral: boolean, some: Partial<Message>): Message {
  const channel = world.state.get('channels', interaction.channel)!;
  return put(world, channel, {
    ...some,
    author: botId,
    webhook: botId,
    interaction: interaction.id,
    type: interaction.kind === 'command' ? 20 : 0,
    only: isEphemeral ? interaction.user : null,
  });
}

function wrong(path: readonly string[], message: string): Complaint {
  return { path, code: 'BASE_TYPE_CHOICES', message };
}
