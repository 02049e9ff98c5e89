// Where people write: the message box of a channel or thread, the form that an answer brought, and the menu of faults.

import { html, type Markup } from '#core/domain/text/html.ts';
import type { ChatFault, ChatField, ChatForm, ChatSwitch } from './chat.ts';
import { nameOf, viewFields, type Place } from './view.ts';
import { words } from './words.ts';

/** `draft` is what could not be sent. */
export function drawComposer(place: Place, draft: string, isFocused: boolean): Markup {
  const { here, channelHere, thread, as, base, howToAsk } = place;
  if (channelHere.closed) return html`<p class="composer soft">${words.channelClosed}</p>`;
  const label = thread === null ? words.message(nameOf(channelHere)) : words.reply;
  const pane = thread === null ? 'channel' : 'thread';
  return html`<form class="composer" id="${pane}-composer" method="post" action="${base}/say" enctype="multipart/form-data">
    ${viewFields(place, { withAs: false })}
    <textarea
      id="${pane}-text"
      name="text"
      rows="2"
      maxlength="40000"
      aria-label="${label}"
      placeholder="${label}"
      aria-describedby="${pane}-hint"
      ${isFocused ? html`autofocus` : ''}
    >
${draft}</textarea>
    <div class="row">
      <label
        >${words.speakAs}
        <select name="as">
          ${here.people.map(
            ({ id, name, role }) => html`<option value="${id}" ${id === as ? html`selected` : ''}>${name} · ${role}</option>`,
          )}
        </select></label
      >
      <input type="file" name="files" multiple aria-label="${words.attach}" />
      <button class="main">${words.send}</button>
    </div>
    <p class="soft hint" id="${pane}-hint">${thread === null && howToAsk !== null ? `${howToAsk} ` : ''}${words.hint}</p>
  </form>`;
}

/** Open from the start: a page without a script shows it in its place, the script as a dialog in front of all. */
export function drawForm(form: ChatForm, place: Place): Markup {
  const title = `form-${form.id}-title`;
  return html`<dialog id="form-${form.id}" open aria-labelledby="${title}">
    <form
      method="post"
      action="${place.base}/submit"
      ${form.fields.some(({ kind }) => kind === 'files') ? html`enctype="multipart/form-data"` : ''}
    >
      <h2 id="${title}">${form.title}</h2>
      ${viewFields(place)}<input type="hidden" name="form" value="${form.id}" />
      ${form.drawn === undefined ? '' : html`<div class="text">${form.drawn}</div>`}
      ${form.fields.map((field) => html`<div class="field">${drawField(field, `form-${form.id}-${field.id}`)}</div>`)}
      <div class="row">
        ${form.submit === null ? '' : html`<button class="main">${form.submit}</button>`}
        <button formaction="${place.base}/dismiss" formnovalidate data-dismiss>${form.submit === null ? words.close : words.cancel}</button>
      </div>
    </form>
  </dialog>`;
}

function drawField({ id, label, hint, kind, required, most, value, options }: ChatField, at: string): Markup {
  const must = html`${required ? html`required` : ''}${hint === undefined ? '' : html` aria-describedby="${at}-hint"`}`;
  const title = html`<label for="${at}">${label}${required ? '' : html` <span class="soft">${words.optional}</span>`}</label
    >${hint === undefined ? '' : html`<p class="soft" id="${at}-hint">${hint}</p>`}`;
  const name = `field:${id}`;
  if (kind === 'line') return html`${title}<input id="${at}" name="${name}" maxlength="${String(most)}" value="${value}" ${must} />`;
  if (kind === 'text')
    return html`${title}<textarea id="${at}" name="${name}" rows="4" maxlength="${String(most)}" ${must}>${value}</textarea>`;
  if (kind === 'files')
    return html`${title}<input id="${at}" type="file" name="files" ${Number(most) > 1 ? html`multiple` : ''} ${must} />`;
  return html`${title}<select id="${at}" name="${name}" ${must}>
      <option value="">${words.choose}</option>
      ${options.map((option) => html`<option value="${option.id}" ${option.id === value ? html`selected` : ''}>${option.label}</option>`)}
    </select>`;
}

export function drawSwitches(switches: readonly ChatSwitch[], place: Place): Markup | '' {
  if (switches.length === 0) return '';
  return html`<details class="menu" id="switches">
    <summary>${words.settings}</summary>
    <form method="post" action="${place.base}/flip">
      ${viewFields(place)}
      ${switches.map(
        ({ id, label, about, isOn }, i) =>
          html`<p id="switch-${String(i)}" class="soft">${about}</p>
            <button name="switch" value="${id}" role="switch" aria-checked="${String(isOn)}" aria-describedby="switch-${String(i)}">
              ${label}: ${isOn ? words.on : words.off}
            </button>`,
      )}
    </form>
  </details>`;
}

export function drawFaults(faults: readonly ChatFault[], place: Place): Markup {
  const waiting = faults.reduce((sum, fault) => sum + fault.waiting, 0);
  return html`<details class="menu" id="faults">
    <summary>${words.faults}${waiting === 0 ? '' : html` <span class="tag">${words.waiting(waiting)}</span>`}</summary>
    <form method="post" action="${place.base}/order">
      <p class="soft">${words.faultsAbout}</p>
      ${viewFields(place)}
      <ul>
        ${faults.map(
          (fault) =>
            html`<li>
              <button name="fault" value="${fault.id}">${fault.label}</button>${
                fault.waiting === 0 ? '' : html` <span class="tag">${words.waiting(fault.waiting)}</span>`
              }
            </li>`,
        )}
      </ul>
    </form>
  </details>`;
}
