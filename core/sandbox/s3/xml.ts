import { document as xml, type Element } from '../aws/xml.ts';

export function document(root: string, children: Element): string {
  return xml(root, 'http://s3.amazonaws.com/doc/2006-03-01/', children);
}

/** Errors have no namespace. */
export function errorDocument(children: Element): string {
  return xml('Error', null, children);
}
