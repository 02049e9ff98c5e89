// Forms that people have before them, and what they send of them.

import { z } from 'zod';
import type { SeenForm } from '../client.ts';
import { begin } from '../interactions/begin.ts';
import { attachMost, keepFile } from '../rest/compose.ts';
import type { Form } from '../shapes.ts';
import { wireFile } from '../wire-message.ts';
import type { World } from '../world.ts';
import { act, channelOf, fileOf, id, PeopleNo, uploads } from './act.ts';
import { fieldsOf, filledIn } from './fields.ts';

/** The one that was opened last. */
const form = act(z.strictObject({ user: id }), ({ state }, { user }): SeenForm | null => {
  const found = [...state.all('forms').values()].findLast((each) => each.user === user && each.isOpen);
  return found === undefined ? null : { id: found.id, customId: found.customId, title: found.title, fields: fieldsOf(found) };
});

const submit = act(
  z.strictObject({ form: id, values: z.record(z.string().max(100), z.string().max(10_000)), from: id, files: uploads }),
  async (world, { form: formId, values, from, files }) => {
    const { state } = world;
    const found = openForm(world, formId, from);
    const channel = channelOf(world, found.channel);
    const sent = files.map(fileOf);
    if (sent.some(({ bytes }) => bytes.length > attachMost(world, channel.guild))) throw new PeopleNo('file_too_large');
    // Nothing is kept of what cannot be sent.
    filledIn(
      found,
      values,
      sent.map(() => '0'),
    );
    const ids = sent.map((file) => keepFile(world, channel.id, file));
    const components = filledIn(found, values, ids);
    state.put('forms', found.id, { ...found, isOpen: false });
    const attachments = ids.flatMap((each) => state.get('attachments', each) ?? []);
    const resolved = { attachments: Object.fromEntries(attachments.map((file) => [file.id, wireFile(world, file)])) };
    const interaction = await begin(world, {
      kind: 'form',
      user: from,
      channel,
      message: found.message === null ? null : (state.get('messages', found.message) ?? null),
      isUserInstall: found.isUserInstall,
      name: null,
      data: { custom_id: found.customId, components, ...(ids.length > 0 && { resolved }) },
    });
    return { interaction: interaction.id };
  },
);

const dismiss = act(z.strictObject({ form: id, from: id }), (world, { form: formId, from }) => {
  world.state.put('forms', formId, { ...openForm(world, formId, from), isOpen: false });
});

function openForm({ state }: World, formId: string, from: string): Form {
  const found = state.get('forms', formId);
  if (found === undefined || !found.isOpen || found.user !== from) throw new PeopleNo('form_not_found');
  return found;
}

export const formActs = { form, submit, dismiss };
