// The page works without this: every act is a form, every place a link. With it, forms are sent in place, and what changes
// elsewhere appears by itself: the page asks for itself again and takes over what differs, so that focus and typing stay.

const status = () => document.getElementById('status');
let looking = false;
let lookAgain = false;

watch();
settle();

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post' && event.submitter?.formMethod !== 'post') return;
  event.preventDefault();
  void send(form, event.submitter);
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || !event.target.matches('.composer textarea')) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

document.addEventListener('change', (event) => {
  if (!event.target.matches('select[name="as"]')) return;
  const address = new URL(location.href);
  address.searchParams.set('as', event.target.value);
  history.replaceState(null, '', address);
  void look();
});

// A dialog that is left is put away there too, or it would come back.
document.addEventListener(
  'cancel',
  (event) => {
    if (!event.target.matches('dialog')) return;
    event.preventDefault();
    event.target.querySelector('[data-dismiss]').click();
  },
  true,
);

addEventListener('popstate', () => void look());

async function send(form, submitter) {
  if (form.dataset.sending) return;
  form.dataset.sending = 'yes';
  try {
    const answer = await fetch(submitter?.hasAttribute('formaction') ? submitter.formAction : form.action, {
      method: 'POST',
      body: new FormData(form, submitter),
    });
    if (answer.status === 413) return say(document.body.dataset.tooLarge);
    if (!answer.headers.get('Content-Type')?.startsWith('text/html')) throw new Error(`answered ${answer.status}`);
    const page = await answer.text();
    if (answer.ok) {
      form.reset();
      fold(form.closest('details'));
      if (answer.url !== location.href) history.pushState(null, '', answer.url);
    }
    take(page);
    // Who opened a thread by writing goes on writing there.
    if (answer.ok && form.matches('.composer'))
      (document.getElementById('thread-text') ?? document.getElementById('channel-text'))?.focus();
  } catch {
    say(document.body.dataset.notSent);
  } finally {
    delete form.dataset.sending;
  }
}

function say(words) {
  if (status()) status().textContent = words;
}

function fold(details) {
  if (details === null) return;
  details.open = false;
  details.querySelector('summary').focus();
}

function watch() {
  const changes = new EventSource(document.body.dataset.events);
  changes.addEventListener('changed', () => void look());
  // It comes back by itself, and then the page is looked at anew.
  changes.addEventListener('error', () => say(document.body.dataset.lost));
}

/** One look at a time; what changes meanwhile is looked at once more. */
async function look() {
  lookAgain = looking;
  if (looking) return;
  looking = true;
  try {
    do {
      lookAgain = false;
      const at = location.href;
      const answer = await fetch(at);
      const page = await answer.text();
      // Somebody went on meanwhile.
      if (at !== location.href) lookAgain = true;
      else if (answer.ok) take(page, { isLook: true });
    } while (lookAgain);
  } catch {
    // The stream of changes says so, and its next event looks again.
  } finally {
    looking = false;
  }
}

function take(page, { isLook = false } = {}) {
  const next = new DOMParser().parseFromString(page, 'text/html');
  // What was said of an act stays until the next act, whatever others do.
  const said = status()?.textContent;
  const notice = next.getElementById('status');
  if (isLook && notice && said && said !== document.body.dataset.lost) notice.textContent = said;
  const pane = document.activeElement?.closest('#channel, #thread')?.id;
  children(document.body, next.body);
  settle();
  if (document.activeElement === document.body && pane) document.getElementById(`${pane}-log`)?.focus();
}

/** Forms that wait for an answer come in front. */
function settle() {
  for (const dialog of document.querySelectorAll('dialog[open]:not(:modal)')) {
    dialog.close();
    dialog.showModal();
  }
}

/** Makes `old` what `next` is, and keeps what did not change. */
function morph(old, next) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== next.data) old.data = next.data;
    return;
  }
  for (const { name } of Array.from(old.attributes)) if (!next.hasAttribute(name) && !isTheirs(old, name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes)
    if (old.getAttribute(name) !== value && !isTheirs(old, name)) old.setAttribute(name, value);
  children(old, next);
}

/** What is unfolded is for whoever looks to say. */
function isTheirs(element, name) {
  return (name === 'open' && element.matches('details, dialog')) || name === 'data-sending';
}

// Elements with an id are known by it, so a list keeps its items when others come and go.
function children(old, next) {
  const known = new Map([...old.children].filter(({ id }) => id !== '').map((child) => [child.id, child]));
  const wanted = new Set([...next.children].map(({ id }) => id));
  let at = old.firstChild;
  const skipGone = () => {
    while (at?.id && !wanted.has(at.id)) at = remove(at);
  };
  for (const child of next.childNodes) {
    skipGone();
    const same = child.id ? known.get(child.id) : at && !at.id && at.nodeName === child.nodeName ? at : undefined;
    if (same === undefined) {
      old.insertBefore(document.importNode(child, true), at);
      continue;
    }
    if (same === at) at = at.nextSibling;
    else old.insertBefore(same, at);
    morph(same, child);
  }
  while (at) at = remove(at);
}

/** Gives the node behind it. A dialog gives the focus back when it is closed first. */
function remove(node) {
  const { nextSibling } = node;
  if (node.nodeName === 'DIALOG') node.close();
  node.remove();
  return nextSibling;
}
