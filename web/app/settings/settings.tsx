// One's own account: who one is, how one logs in, where one is logged in, and how the portal looks.

import { Link, redirect, useLoaderData, type MetaFunction } from 'react-router';
import { optionalMails } from '#core/domain/mail/mail.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { Notice } from '../components/notice.tsx';
import { Card, Page } from '../components/page.tsx';
import { beginWith } from '../front/with/begin.ts';
import { attempt, guarded, readForm } from '../guarded.ts';
import { readReader } from '../reader.ts';
import { done as doneWords, keyWords, namesKeys } from '../texts/settings.ts';
import { threshold } from '../texts/threshold.ts';
import { readThreshold, shownThreshold, THRESHOLD, ThresholdForm } from '../threshold.tsx';
import { wordFor } from '../word-for.ts';
import { Appearance, themeCookie } from './appearance.tsx';
import { Emails } from './emails.tsx';
import { KeysGoOn } from './keys-go-on.tsx';
import { Linked } from './linked.tsx';
import { LoginMethods } from './login-methods.tsx';
import { Password, Profile } from './profile.tsx';
import { Sessions } from './sessions.tsx';
import { keepMail, keepPassword, sendPasswordLink } from './log-in-with.ts';
import { TwoFactor } from './two-factor.tsx';
import { beginTwoFactor, confirmTwoFactor, endTwoFactor, newBackupCodes } from './two-factor-acts.ts';

export const meta: MetaFunction = () => [{ title: 'Settings' }];

export const loader = guarded('login', async ({ app, auth, actor, request, url, now }) => {
  const [account, sessions, linked, keys, above, unwanted, logins] = await Promise.all([
    app.accounts.profile(actor),
    app.accounts.sessions(actor),
    app.workspaces.linkedAccounts(actor),
    app.accounts.ownKeys(actor),
    app.accounts.confirmAbove(actor),
    app.accounts.unwantedMails(actor),
    app.accounts.connectedLogins(actor),
  ]);
  const { theme } = readReader(request.headers, now);
  const what = url.searchParams.get('done');
  return {
    account,
    sessions,
    linked,
    logins,
    platforms: auth.platforms,
    theme,
    unwanted,
    confirmAbove: shownThreshold(above),
    done: wordFor(doneWords, what),
    keysGoOn: namesKeys.has(what) ? keys.length : 0,
  };
});

export const action = guarded('login', async (visit) => {
  const { app, actor } = visit;
  const form = await readForm(visit.request);
  const { intent } = form;
  return attempt(visit, intent, async () => {
    switch (intent) {
      case 'name':
        await app.accounts.rename(actor, form.text('name'));
        return redirect('/settings?done=name');
      case 'mail':
        return keepMail(visit, form);
      case 'password':
        return keepPassword(visit, form);
      case 'password-link':
        return sendPasswordLink(visit);
      case 'two-factor-begin':
        return beginTwoFactor(visit, form);
      case 'two-factor-confirm':
        return confirmTwoFactor(visit, form);
      case 'two-factor-off':
        return endTwoFactor(visit, form);
      case 'backup-codes':
        return newBackupCodes(visit, form);
      case 'end-session':
        await app.accounts.endSession(actor, form.text('session'));
        return redirect(form.text('session') === actor.sessionId ? '/login' : '/settings?done=session');
      case 'end-others':
        await app.accounts.endOtherSessions(actor);
        return redirect('/settings?done=sessions');
      case 'connect-login':
        return beginWith(visit, { platform: form.text('platform'), next: '/settings?done=login-connected', intent, connect: true });
      case 'remove-login':
        await app.accounts.removeLogin(actor, form.text('login'));
        return redirect('/settings?done=login-removed');
      case 'unlink':
        await app.workspaces.unlinkAccount(actor, form.text('account'));
        return redirect('/settings?done=unlinked');
      case 'spending':
        await app.accounts.setConfirmAbove(actor, readThreshold(form.text(THRESHOLD)));
        return redirect('/settings?done=spending');
      case 'emails': {
        const wanted = form.all('wanted');
        await app.accounts.setUnwantedMails(
          actor,
          optionalMails.filter((kind) => !wanted.includes(kind)),
        );
        return redirect('/settings?done=emails');
      }
      case 'appearance':
        return redirect('/settings', { headers: { 'Set-Cookie': themeCookie(form.text('theme'), visit.publicUrl) } });
      default:
        throw refuse('request.malformed');
    }
  });
});

export default function Settings() {
  const { account, sessions, linked, logins, platforms, theme, unwanted, confirmAbove, done, keysGoOn } = useLoaderData<typeof loader>();
  return (
    <Page title="Settings" lead="Your account. Team settings are on the Team page." width="narrow">
      {done !== null && (
        <Notice tone="good" live>
          <p>{done}</p>
          <KeysGoOn keys={keysGoOn} />
        </Notice>
      )}
      <Profile account={account} />
      <Password account={account} />
      <TwoFactor account={account} />
      <Sessions sessions={sessions} />
      <LoginMethods logins={logins} platforms={platforms} />
      <Linked accounts={linked} />
      <Card title={threshold.title} lead={threshold.ownLead}>
        <ThresholdForm intent="spending" above={confirmAbove} />
      </Card>
      <Emails unwanted={unwanted} />
      <Appearance theme={theme} />
      <p className="flex flex-wrap gap-x-6">
        <Link to="/settings/keys" className="inline-block py-1 text-accent hover:underline">
          {keyWords.title}
        </Link>
        <Link to="/settings/account" className="inline-block py-1 text-bad hover:underline">
          Delete your account
        </Link>
      </p>
    </Page>
  );
}
