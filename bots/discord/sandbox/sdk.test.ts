// The sandbox as discord.js sees it.

import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  ContainerBuilder,
  FileBuilder,
  FileUploadBuilder,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  TextDisplayBuilder,
  TextInputBuilder,
  type ChatInputCommandInteraction,
  type Client,
  type Message,
  type ThreadChannel,
} from 'discord.js';
import { expect, test, vi } from 'vitest';
import { at, openClient, openDiscord, type OpenDiscord } from './testing/open-discord.ts';

/** The next of this kind. */
function next<T>(client: Client, name: 'messageCreate' | 'interactionCreate'): Promise<T> {
  return new Promise((resolve) => client.once(name, (what) => resolve(what as T)));
}

async function opened(): Promise<OpenDiscord & { client: Client<true> }> {
  const world = await openDiscord({ heartbeatMs: 2_000 });
  return { ...world, client: await openClient(world) };
}

test('discord.js logs in, hears, replies, edits, starts a thread and uploads', async () => {
  const { people, client } = await opened();
  expect(client.guilds.cache.map(({ name }) => name).sort()).toEqual(['Acme', 'Harbor']);
  const heard = next<Message>(client, 'messageCreate');
  await people.say(at.general, '@impacter find me leads', {
    from: at.ann,
    files: [{ name: '목록.csv', mime: 'text/csv', bytes: Buffer.from('a,b') }],
  });
  const message = await heard;
  expect([message.mentions.has(client.user), message.author.displayName, message.inGuild()]).toEqual([true, 'Ann', true]);
  const [file] = message.attachments.values();
  expect([file!.name, file!.title]).toEqual(['unknown.csv', '목록']);
  expect(await (await fetch(file!.url)).text()).toBe('a,b');

  const reply = await message.reply('On it.');
  await reply.edit('Nearly done.');
  const thread = await message.startThread({ name: 'leads' });
  expect(thread.id).toBe(message.id);
  await thread.send({
    flags: MessageFlags.IsComponentsV2,
    components: [
      new ContainerBuilder()
        .addTextDisplayComponents(new TextDisplayBuilder().setContent('Done.'))
        .addFileComponents(new FileBuilder().setURL('attachment://leads.csv')),
    ],
    files: [{ attachment: Buffer.from('Ada'), name: 'leads.csv' }],
  });
  expect((await people.messages(at.general)).map(({ isBot, content, replies }) => [isBot, content, replies])).toEqual([
    [false, expect.stringContaining('find me leads'), 1],
    [true, 'Nearly done.', 0],
  ]);
  const [post] = await people.messages(thread.id);
  expect((await people.file(post!.attachments[0]!)).bytes.toString()).toBe('Ada');
  const inThread = next<Message>(client, 'messageCreate');
  await people.say(thread.id, 'and in Boston', { from: at.ann });
  expect((await inThread).channel.isThread()).toBe(true);
  expect([...(await (thread as ThreadChannel).messages.fetch({ limit: 10 })).values()].map(({ type }) => type)).toEqual([0, 0, 21]);
});

test('discord.js defers a command, answers it with a file, updates a button’s message and opens a form', async () => {
  const { people, client } = await opened();
  await client.application.commands.set([
    { name: 'ask', description: 'Ask', options: [{ type: 3, name: 'request', description: 'What', required: true }] },
    { name: 'Run on this', type: 3 },
  ]);
  client.on('interactionCreate', async (interaction) => {
    if (interaction.isChatInputCommand()) {
      await interaction.deferReply();
      await interaction.editReply({
        flags: MessageFlags.IsComponentsV2,
        components: [
          new TextDisplayBuilder().setContent(`You asked: ${interaction.options.getString('request')}`),
          new FileBuilder().setURL('attachment://a.txt'),
          new ActionRowBuilder<ButtonBuilder>().addComponents(
            new ButtonBuilder().setCustomId('change').setLabel('Change').setStyle(ButtonStyle.Primary),
            new ButtonBuilder().setCustomId('form').setLabel('Form').setStyle(ButtonStyle.Secondary),
          ),
        ],
        files: [{ attachment: Buffer.from('x'), name: 'a.txt' }],
      });
      await interaction.followUp({ content: 'Only you see this.', flags: MessageFlags.Ephemeral });
    } else if (interaction.isButton() && interaction.customId === 'change') {
      await interaction.update({ components: [new TextDisplayBuilder().setContent('Changed.')], files: [] });
    } else if (interaction.isButton()) {
      await interaction.showModal(
        new ModalBuilder()
          .setCustomId('more')
          .setTitle('Continue')
          .addLabelComponents(
            new LabelBuilder().setLabel('Text').setTextInputComponent(new TextInputBuilder().setCustomId('text').setStyle(2)),
            new LabelBuilder()
              .setLabel('Files')
              .setFileUploadComponent(new FileUploadBuilder().setCustomId('files').setRequired(false).setMaxValues(2)),
          ),
      );
    } else if (interaction.isModalSubmit()) {
      const files = interaction.fields.getUploadedFiles('files');
      await interaction.reply({
        content: `${interaction.fields.getTextInputValue('text')} ${files?.first()?.name}`,
        flags: MessageFlags.Ephemeral,
      });
    } else if (interaction.isMessageContextMenuCommand()) {
      await interaction.reply({ content: `On: ${interaction.targetMessage.content}`, flags: MessageFlags.Ephemeral });
    }
  });
  await people.command(at.general, 'ask', { request: 'find leads' }, at.ann);
  const post = await vi.waitFor(async () => {
    const [found] = await people.messages(at.general);
    expect(found).toMatchObject({ isThinking: false, buttons: [{ customId: 'change' }, { customId: 'form' }] });
    return found!;
  });
  await vi.waitFor(async () => expect((await people.ephemerals(at.ann)).map(({ content }) => content)).toEqual(['Only you see this.']));
  expect(await people.ephemerals(at.bo)).toEqual([]);
  await people.press(post.id, 'form', at.bo);
  const form = await people.form(at.bo);
  expect(form).toMatchObject({
    customId: 'more',
    title: 'Continue',
    fields: [
      { id: 'text', kind: 'text' },
      { id: 'files', kind: 'files', most: 2 },
    ],
  });
  await people.submit(form!.id, { text: 'more' }, at.bo, [{ name: 'b.txt', mime: 'text/plain', bytes: Buffer.from('b') }]);
  expect((await people.ephemerals(at.bo)).map(({ content }) => content)).toEqual(['more b.txt']);
  await people.press(post.id, 'change', at.ann);
  expect((await people.messages(at.general))[0]).toMatchObject({ attachments: [], buttons: [], components: [{ content: 'Changed.' }] });
  const said = await people.say(at.general, 'some words', { from: at.ann });
  await people.runOn(said.id, at.bo);
  expect((await people.ephemerals(at.bo)).at(-1)!.content).toBe('On: some words');
});

test('discord.js meets Discord’s codes for answers that come twice, late, or too late', async () => {
  const { people, client } = await opened();
  await client.application.commands.set([{ name: 'help', description: 'Help' }]);
  const command = async () => {
    const came = next<ChatInputCommandInteraction>(client, 'interactionCreate');
    const answered = people.command(at.general, 'help', {}, at.ann).catch((error: unknown) => error);
    return { interaction: await came, answered };
  };
  const twice = await command();
  await twice.interaction.reply('Once.');
  await expect(
    twice.interaction.client.rest.post(`/interactions/${twice.interaction.id}/${twice.interaction.token}/callback`, {
      body: { type: 4, data: { content: 'Twice.' } },
    }),
  ).rejects.toMatchObject({ code: 40060 });
  await twice.answered;

  const late = await command();
  await people.advance(3_100);
  await expect(late.interaction.reply('Late.')).rejects.toMatchObject({ code: 10062 });
  expect(await late.answered).toMatchObject({ reason: 'did_not_respond' });

  const long = await command();
  await long.interaction.deferReply();
  await people.advance(15 * 60_000);
  await expect(long.interaction.editReply('Too late.')).rejects.toMatchObject({ code: 50027 });
}, 15_000);

test('discord.js resumes after a cut and after op 7, and loses what came while its session was refused', async () => {
  const { people, client } = await opened();
  const heard: string[] = [];
  client.on('messageCreate', ({ content }) => heard.push(content));
  await people.gateway({ cut: true });
  await people.say(at.general, 'while it was away', { from: at.ann });
  await vi.waitFor(() => expect(heard).toEqual(['while it was away']), 5_000);
  await people.gateway({ op7: true });
  await vi.waitFor(async () => expect(await people.connections()).toBe(1));
  await people.say(at.general, 'after op 7', { from: at.ann });
  await vi.waitFor(() => expect(heard).toEqual(['while it was away', 'after op 7']), 5_000);
  expect(await people.identifies()).toBe(1);
  await people.gateway({ op9: false });
  await people.say(at.general, 'lost', { from: at.ann });
  await vi.waitFor(async () => expect(await people.identifies()).toBe(2), 10_000);
  await vi.waitFor(async () => {
    await people.say(at.general, 'after op 9', { from: at.ann });
    expect(heard).toContain('after op 9');
  }, 5_000);
  expect(heard).not.toContain('lost');
}, 30_000);
