// A file that was uploaded before the request that names it, as a field of the form: its id and its name.

export interface KeptFile {
  readonly id: string;
  readonly name: string;
}

export function fileIn(field: string): KeptFile {
  return { id: field.slice(0, 36), name: field.slice(37) };
}

export function fieldOf({ id, name }: KeptFile): string {
  return `${id}:${name}`;
}
