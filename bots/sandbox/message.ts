// One message of the page, with what can be done with it.

import { sayBytes } from '#bots/drawing/phrases.ts';
import { html, type Markup } from '#core/domain/text/html.ts';
import type { ChatFile, ChatMessage } from './chat.ts';
import { addressOf, viewFields, type Place } from './view.ts';
import { words } from './words.ts';

/** `pane` tells the two apart where a message is shown in its channel and in its thread. */
export function drawMessage(message: ChatMessage, place: Place, pane: 'channel' | 'thread'): Markup {
  const { id, from, at, isDeleted, isEdited, isPrivate } = message;
  const name = from?.name ?? words.bot;
  return html`<li id="${pane}-${id}" ${isPrivate ? html` class="private"` : ''}>
    <div class="head">
      <bdi class="who">${name}</bdi>${from === null ? html` <span class="tag">${words.app}</span>` : ''}
      ${at === '' ? '' : html`<time datetime="${at}">${timeOf(at)}</time>`}${isEdited ? html` <span class="soft">${words.edited}</span>` : ''}${
        isPrivate ? html` <span class="soft">${words.onlyYou}</span>` : ''
      }
    </div>
    ${
      isDeleted
        ? html`<p class="soft">${words.deleted}</p>`
        : html`<div class="text">${message.drawn}</div>
            ${filesOf(message.files, place)}${choicesOf(message, place)}`
    }
    ${actsOf(message, place, pane)}
  </li>`;
}

function filesOf(files: readonly ChatFile[], place: Place): Markup | '' {
  if (files.length === 0) return '';
  return html`<ul class="files">
    ${files.map(
      ({ id, name, sizeBytes }) =>
        html`<li>
          <a href="${place.base}/files/${encodeURIComponent(id)}?${addressOf(place).split('?')[1]!}" download><bdi>${name}</bdi></a>
          <span class="soft">${sayBytes(sizeBytes)}</span>
        </li>`,
    )}
  </ul>`;
}

function choicesOf({ id, choices }: ChatMessage, place: Place): Markup | '' {
  if (choices.length === 0) return '';
  return html`<form class="choices" method="post" action="${place.base}/press">
    ${viewFields(place)}<input type="hidden" name="message" value="${id}" />
    ${choices.map((choice) => html`<button class="${choice.style}" name="choice" value="${choice.id}">${choice.label}</button>`)}
  </form>`;
}

function actsOf(message: ChatMessage, place: Place, pane: 'channel' | 'thread'): Markup | '' {
  const { id, from, at, text, isDeleted, isPrivate, replies } = message;
  const isOwn = from?.id === place.as;
  const about = (act: string) => words.ofMessage(act, from?.name ?? words.bot, timeOf(at));
  const fields = html`${viewFields(place)}<input type="hidden" name="message" value="${id}" />`;
  const acts = [
    ...(pane === 'channel' && !isPrivate && place.channelHere.hasThreads !== false
      ? [html`<a href="${addressOf({ ...place, thread: id })}" aria-label="${about(words.replies(replies))}">${words.replies(replies)}</a>`]
      : []),
    ...(isDeleted || isPrivate
      ? []
      : place.shortcuts.map(
          (shortcut) =>
            html`<form method="post" action="${place.base}/shortcut">
              ${fields}<button class="quiet" name="shortcut" value="${shortcut.id}" aria-label="${about(shortcut.label)}">
                ${shortcut.label}
              </button>
            </form>`,
        )),
    ...(isOwn && !isDeleted
      ? [
          html`<details id="${pane}-${id}-edit">
            <summary aria-label="${about(words.edit)}">${words.edit}</summary>
            <form method="post" action="${place.base}/edit">
              ${fields}<textarea name="text" rows="3" required maxlength="40000" aria-label="${words.editedText}">${text}</textarea>
              <button class="main">${words.save}</button>
            </form>
          </details>`,
        ]
      : []),
    ...((isOwn || place.person.administers) && !isDeleted && !isPrivate
      ? [
          html`<form method="post" action="${place.base}/delete">
            ${fields}<button class="quiet" aria-label="${about(words.delete)}">${words.delete}</button>
          </form>`,
        ]
      : []),
  ];
  return acts.length === 0 ? '' : html`<div class="acts">${acts}</div>`;
}

function timeOf(at: string): string {
  return `${at.slice(11, 16)} UTC`;
}
