// Every address that the product answers, read from where it is declared: a new one shows up here by itself.

import { readFileSync, globSync } from 'node:fs';
import path from 'node:path';
import type { RouteConfigEntry } from '@react-router/dev/routes';
import { createWeb } from '#web/server/web.ts';
import { nobody } from '#web/server/testing/open-door.ts';
import { createSecurityLog } from '#core/engines/log/security-log.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import type { App } from '#core/flows/app.ts';
import routes from '../app/routes.ts';

const PORTAL = path.join(import.meta.dirname, '../app');

export interface PortalRoute {
  /** `/tasks/:id`. */
  readonly path: string;
  /** Within web/app. */
  readonly file: string;
}

export const portalRoutes: readonly PortalRoute[] = flat(routes, '');

function flat(entries: readonly RouteConfigEntry[], above: string): PortalRoute[] {
  return entries.flatMap(({ path: own, index, file, children = [] }) => {
    const here = own === undefined ? above : `${above}/${own}`;
    return [...(own !== undefined || index === true ? [{ path: here === '' ? '/' : here, file }] : []), ...flat(children, here)];
  });
}

/** `POST /api/tasks/create`: everything that is not a page. */
export function serverRoutes(): string[] {
  const { express } = createWeb({
    app: {} as App, // nobody asks anything of it
    auth: nobody,
    log: quietLog,
    security: createSecurityLog(quietLog, Buffer.alloc(32)),
    publicUrl: 'http://impacter.test',
    brandName: 'Impacter',
    portal: [],
  });
  return express.router.stack.flatMap(({ route }) => route?.path ?? []);
}

/** What the forms of a page can ask for, by the address that answers. Of `again <id>` it is the first word. */
export function intentsByRoute(): Map<string, string[]> {
  return new Map(portalRoutes.flatMap(({ path: at, file }) => (hasAction(file) ? [[at, intentsIn([file])]] : [])));
}

/** All that are named anywhere in an area: `team`. Components of their own hold forms too. */
export function intentsOfAreas(): Map<string, string[]> {
  const areas = [...new Set(portalRoutes.flatMap(({ file }) => (file.includes('/') ? [file.split('/')[0]!] : [])))];
  return new Map(areas.map((area) => [area, intentsIn(globSync(`${area}/**/*.{ts,tsx}`, { cwd: PORTAL }))]));
}

export function areaOf(at: string): string {
  return portalRoutes.find((route) => route.path === at)!.file.split('/')[0]!;
}

export function hasAction(file: string): boolean {
  return /^export const action\b/m.test(readFileSync(path.join(PORTAL, file), 'utf8'));
}

const spellings = [
  /\bintent=["']([\w-]+)["']/g,
  /\bintent=\{`([\w-]+) \$\{/g,
  /\bintent = `([\w-]+) \$\{/g,
  /\bintent = [^;`]*? \? '([\w-]+)' : '(?:[\w-]+)'/g,
  /\bintent = [^;`]*? \? '(?:[\w-]+)' : '([\w-]+)'/g,
  /\b(?:intent|act) === '([\w-]+)'/g,
  /\bintent\.startsWith\('([\w-]+) ?'\)/g,
  /\bname="intent" value="([\w-]+)"/g,
  /\bintent: '([\w-]+)'/g,
  /\battempt\(visit, '([\w-]+)'/g,
];

function intentsIn(files: readonly string[]): string[] {
  const found = files.flatMap((file) => {
    const source = readFileSync(path.join(PORTAL, file), 'utf8');
    const choice = /switch \([^)\n]*\bintent\b[^\n]*\{$([\s\S]*?)^ {4}\}/m.exec(source)?.[1] ?? '';
    return [
      ...spellings.flatMap((spelling) => Array.from(source.matchAll(spelling), ([, name]) => name!)),
      ...Array.from(choice.matchAll(/^ {6}case '([\w-]+)'/gm), ([, name]) => name!),
    ];
  });
  return [...new Set(found)].toSorted();
}
