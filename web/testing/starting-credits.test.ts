import { expect, test } from 'vitest';
import { portalVisitor, wordsOf } from '#core/testing/visitors/portal-visitor.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { proxied } from '#core/testing/visitors/visitor.ts';

const stage = forAll(() =>
  openStage({ portal: true, settings: { ...proxied, STARTING_CREDITS: '50', STARTING_CREDITS_DAILY_PEOPLE: '1' } }),
);

test('somebody whose domain had its starting credits today is told so where they look first', async () => {
  const [ada, grace] = [portalVisitor(stage(), 'ada@acme.example'), portalVisitor(stage(), 'grace@acme.example')];
  await ada.signUp(ada.email);
  await grace.signUp(grace.email);
  for (const path of ['/welcome', '/credits']) {
    expect(wordsOf(await ada.page(path))).not.toContain('no starting credits');
    const words = wordsOf(await grace.page(path));
    expect(words).toContain('Your account has no starting credits');
    expect(words).toContain('The daily limit for new accounts with your email domain was reached before you signed up.');
  }
  expect(wordsOf(await grace.page('/team/audit'))).toContain(
    'gave Ada no starting credits: their email domain had reached its daily limit',
  );
});
