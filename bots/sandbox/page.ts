// The whole page: workspaces and channels, the messages of one channel, and beside them a thread.

import { html, type Markup } from '#core/domain/text/html.ts';
import type { ChatFault, ChatMessage, ChatSight, ChatSwitch } from './chat.ts';
import { drawComposer, drawFaults, drawForm, drawSwitches } from './composer.ts';
import { drawMessage } from './message.ts';
import { addressOf, channelsFor, nameOf, viewFields, type Place } from './view.ts';
import { words } from './words.ts';

export interface Shown {
  readonly place: Place;
  readonly channel: ChatSight;
  readonly thread: ChatSight | null;
  readonly faults: readonly ChatFault[];
  readonly switches: readonly ChatSwitch[];
  /** What went wrong, and what was written then. */
  readonly notice: string;
  readonly draft: string;
}

export function drawPage({ title, base }: { readonly title: string; readonly base: string }, body: Markup): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Sandbox</title>
        <link rel="icon" href="data:," />
        ${['base', 'messages', 'layout'].map((name) => html`<link rel="stylesheet" href="${base}/${name}.css" />`)}
        <script src="${base}/page.js" type="module"></script>
      </head>
      <body
        data-events="${base}/events"
        data-lost="${words.connectionLost}"
        data-not-sent="${words.notSent}"
        data-too-large="${words.tooLarge}"
      >
        ${body}
      </body>
    </html> `.text;
}

export function drawNothing(title: string): Markup {
  return html`<main class="nothing">
    <h1>${title}</h1>
    <p>${words.noWorkspaces}</p>
  </main>`;
}

export function drawChat(title: string, shown: Shown): Markup {
  const { place, channel, thread, faults, switches, notice } = shown;
  const form = thread?.form ?? channel.form;
  // Nobody writes on a page of the app, or in a channel that is closed.
  const canWrite = !place.channelHere.closed && (thread !== null || place.channelHere.page !== true);
  return html`${canWrite ? html`<a class="skip" href="#${thread === null ? 'channel' : 'thread'}-text">${words.skip}</a>` : ''}
    <header>
      <button type="button" class="to-places" popovertarget="places">${words.channels}</button>
      <div class="brand">
        <h1>${title}</h1>
        <p class="soft about">${words.about}</p>
      </div>
      <div class="menus">${drawSwitches(switches, place)}${drawFaults(faults, place)}</div>
    </header>
    <p id="status" role="status">${notice}</p>
    <div class="columns${thread === null ? '' : ' with-thread'}">
      ${drawPlaces(place)} ${drawChannel(shown)} ${thread === null ? '' : drawThread(shown, thread)}
    </div>
    ${form === null ? '' : drawForm(form, place)}`;
}

function drawPlaces(place: Place): Markup {
  return html`<nav id="places" popover aria-label="${words.channels}">
    ${place.workspaces.map((workspace) => {
      const person = workspace.id === place.workspace ? place.person : workspace.people[0]!;
      const channels = channelsFor(workspace, person);
      return html`<h2><bdi>${workspace.name}</bdi></h2>
        <ul>
          ${channels.map((channel) => {
            const isHere = channel.id === place.channel && workspace.id === place.workspace;
            const at = addressOf({ base: place.base, workspace: workspace.id, channel: channel.id, thread: null, as: person.id });
            const current = isHere ? html` aria-current="page"` : '';
            const name = html`<bdi>${channel.direct === null ? nameOf(channel) : words.directMessage}</bdi>${
                channel.closed ? html` <span class="tag">${words.closed}</span>` : ''
              }`;
            if (channel.opens !== true) return html`<li><a href="${at}" ${current}>${name}</a></li>`;
            const view = { workspace: workspace.id, channel: channel.id, thread: null, as: person.id };
            return html`<li>
              <form method="post" action="${place.base}/open">${viewFields(view)}<button ${current}>${name}</button></form>
            </li>`;
          })}
        </ul>`;
    })}
  </nav>`;
}

function drawChannel({ place, channel, thread, draft }: Shown): Markup {
  const view = { ...place, thread: null };
  const name = nameOf(place.channelHere);
  return html`<main id="channel" class="pane">
    <h2 class="title"><bdi>${name}</bdi></h2>
    ${drawLog('channel', words.messagesIn(name), place, channel)} ${drawPrompts(view, channel)}
    ${place.channelHere.page === true ? '' : drawComposer(view, thread === null ? draft : '', thread === null)}
  </main>`;
}

/** In a direct message that is empty. */
function drawPrompts(place: Place, { messages }: ChatSight): Markup | '' {
  if (place.channelHere.direct === null || messages.length > 0 || place.prompts.length === 0) return '';
  return html`<form class="prompts" method="post" action="${place.base}/say">
    ${viewFields(place)}${place.prompts.map(({ label, text }) => html`<button name="text" value="${text}">${label}</button>`)}
  </form>`;
}

function drawThread({ place, draft }: Shown, thread: ChatSight): Markup {
  const back = addressOf({ ...place, thread: null });
  const name = nameOf(place.channelHere);
  return html`<section id="thread" class="pane" aria-label="${words.thread}">
    <div class="title">
      <a class="back" href="${back}">${words.backTo(name)}</a>
      <h2>${words.thread}</h2>
      ${place.canStop ? html`<form method="post" action="${place.base}/stop">${viewFields(place)}<button>${words.stop}</button></form>` : ''}
      <a class="close" href="${back}">${words.closeThread}</a>
    </div>
    ${drawLog('thread', words.thread, place, thread)} ${drawComposer(place, draft, true)}
  </section>`;
}

// The outer element scrolls from its end (messages.css), so the newest message is in sight without a script.
function drawLog(pane: 'channel' | 'thread', label: string, place: Place, { messages, hasEarlier }: ChatSight): Markup {
  const oldest = messages[0];
  const isThisPane = (pane === 'thread') === (place.thread !== null);
  return html`<div id="${pane}-log" class="log" role="log" tabindex="0" aria-label="${label}">
    <div>
      ${
        hasEarlier && oldest && isThisPane
          ? html`<p class="center"><a href="${addressOf(place, { before: oldest.id })}">${words.earlier}</a></p>`
          : ''
      }
      ${listOf(messages, place, pane)}
      ${place.before !== null && isThisPane ? html`<p class="center"><a href="${addressOf(place)}">${words.newest}</a></p>` : ''}
    </div>
  </div>`;
}

function listOf(messages: readonly ChatMessage[], place: Place, pane: 'channel' | 'thread'): Markup {
  if (messages.length === 0)
    return html`<p class="soft center">${place.channelHere.page === true ? words.nothingShown : words.noMessages}</p>`;
  return html`<ol>
    ${messages.map((message) => drawMessage(message, place, pane))}
  </ol>`;
}
