import { expect, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { linkIn } from '#core/testing/mailbox.ts';
import { forAll, openStage } from '#core/testing/stage.ts';
import { writeMail, type Mail } from './mail.ts';

const stage = forAll(() => openStage());

test('who writes the same mail twice has written one', async () => {
  const { core, mails } = stage();
  const mail = mailTo('ada@example.com');
  await writeMail(core, mail);
  await writeMail(core, mail);

  const got = await mails('Ada@example.com');
  expect(got.map(({ kind, subject }) => `${kind}: ${subject}`)).toEqual(['verify: Confirm your mail address']);
  expect(linkIn(got[0]!)).toBe(mail.saying.kind === 'verify' ? mail.saying.url : '');
});

test('a mail written in a transaction that is undone was never written', async () => {
  const { core, mails } = stage();
  const undone = core.store.money.transaction(async (client) => {
    await writeMail(core, mailTo('bo@example.com'), client);
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  expect(await mails('bo@example.com', 0)).toEqual([]);
});

function mailTo(to: string): Mail {
  const url = `${stage().core.settings.publicUrl}/verify?token=${newId()}`;
  return { key: `verify:${newId()}`, to, saying: { kind: 'verify', name: 'Ada', url } };
}
