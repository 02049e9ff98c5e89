// A conversation that lives on an interaction is for one person alone: its posts carry its id in what their buttons send back, because
// what Discord says of such a post names only the interaction that it answered last.

const MARK = '~';
const marked = /^(.+)~(\d{17,20})$/;

export function withOrigin(choice: string, interaction: string): string {
  return `${choice}${MARK}${interaction}`;
}

export function readOrigin(choice: string): {
  readonly choice: string;
  readonly origin: string | null;
} {
  const found = marked.exec(choice);
  return found === null ? { choice, origin: null } : { choice: found[1]!, origin: found[2]! };
}
