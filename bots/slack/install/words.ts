// What an installation shows when it does not go on to the next page.

import { html, Markup } from '#core/domain/text/html.ts';

export interface InstallPage {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** Whether it offers to begin again. */
  readonly again: boolean;
}

export const INSTALL_PATH = '/slack/install';

export function installPages(brandName: string) {
  const page = (status: number, title: string, text: string, again = true): InstallPage => ({ status, title, text, again });
  return {
    denied: page(200, 'Installation canceled', `${brandName} was not added to Slack. Nothing was changed.`),
    foreign: page(
      400,
      'This installation has expired',
      'An installation must be finished within 10 minutes, in the browser where it was started. Nothing was changed.',
    ),
    over: page(400, 'This link has already been used', 'Each installation link from Slack works once. Start again to get a new one.'),
    orgWide: page(
      400,
      'Organization-wide installation is not supported',
      `Add ${brandName} to one workspace of your organization instead. The organization-wide access was revoked.`,
    ),
    slackAway: page(502, 'Slack did not respond', 'Nothing was installed. Try again in a few minutes.'),
    wrongSettings: page(
      500,
      'Slack rejected the installation',
      `The Slack settings of ${brandName} are wrong. Contact whoever runs it; the log has the details.`,
      false,
    ),
    notKept: page(503, 'The installation could not be saved', 'The access that Slack granted was revoked. Try again in a few minutes.'),
    linkLater: (workspace: string) =>
      page(200, `${brandName} was added to ${workspace}`, 'To choose the team that pays, type /impacter link in Slack.', false),
  } as const;
}

export function drawInstallPage({ title, text, again }: InstallPage, brandName: string): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${brandName}</title>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          <p>${text}</p>
          ${again ? html`<p><a href="${INSTALL_PATH}">Add to Slack</a></p>` : new Markup('')}
          <p><a href="/team/workspaces">Team workspaces</a></p>
        </main>
      </body>
    </html> `.text;
}
