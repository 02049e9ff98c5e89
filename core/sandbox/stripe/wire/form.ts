// Bodies and queries in the form that Stripe's clients write: `line_items[0][price]=…`, `expand[]=…`, `created[gte]=…`.

import { invalid } from './problem.ts';

/** Whatever stands behind a name: text, or more names. Without a prototype, so any name is just a name. */
export interface Form {
  [name: string]: Field;
}
export type Field = string | Form;

const FIELDS_MOST = 1_000;
const DEPTH_MOST = 8;

/** Throws a Problem for what has no such form. */
export function readForm(text: string): Form {
  const form = emptyForm();
  let fields = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    if (++fields > FIELDS_MOST) throw invalid(`Too many parameters: at most ${FIELDS_MOST} are read.`);
    put(form, namesIn(name), value, name);
  }
  return form;
}

function put(form: Form, names: readonly string[], value: string, whole: string): void {
  let place = form;
  for (const [i, given] of names.entries()) {
    const name = given === '' ? nextIndex(place) : given;
    const there = place[name];
    if (i === names.length - 1) {
      if (there !== undefined) throw invalid(`Invalid request: the parameter ${whole} is given twice.`, { param: whole });
      place[name] = value;
      return;
    }
    if (typeof there === 'string') throw invalid(`Invalid request: ${whole} is both text and a hash.`, { param: whole });
    place = place[name] = there ?? emptyForm();
  }
}

/** `a[b][]` is a, b, and the next place in a list. */
function namesIn(name: string): string[] {
  const first = /^[^[\]]+/.exec(name)?.[0];
  const rest = name.slice(first?.length ?? 0);
  if (first === undefined || !/^(\[[^[\]]*\])*$/.test(rest)) throw invalid(`Invalid request: ${name.slice(0, 100)} is no parameter.`);
  const names = [first, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map(([, inner]) => inner!)];
  if (names.length > DEPTH_MOST) throw invalid(`Invalid request: ${name.slice(0, 100)} is nested too deeply.`);
  return names;
}

function nextIndex(list: Form): string {
  return String(Object.keys(list).length);
}

function emptyForm(): Form {
  return Object.create(null) as Form;
}
