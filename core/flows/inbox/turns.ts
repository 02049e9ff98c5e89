// Whose turn it is: one event of a place at a time, in the order in which they came; places beside one another.

interface InLine {
  /** Grows with each one that comes. */
  readonly came: number;
}

export interface Turns<One extends InLine> {
  add(place: string, one: One): void;
  /** Whose turn is next. */
  first(): One | undefined;
  /** The same, and its place is busy from now on. */
  begin(): One | undefined;
  /** The one that had begun has ended, and the next of its place may begin. */
  end(place: string): void;
  /** Leaves the line. False where it is in none, or its turn has begun. */
  leave(place: string, one: One): boolean;
  /** Something waits there, or has begun. */
  has(place: string): boolean;
}

export function turns<One extends InLine>(): Turns<One> {
  /** In each place the one that has begun, if there is one, comes first. */
  const lines = new Map<string, One[]>();
  const busy = new Set<string>();
  /** Places where one may begin, those that wait longest first. */
  const ready = new Set<string>();

  return {
    add(place, one) {
      const line = lines.get(place);
      if (line === undefined) {
        lines.set(place, [one]);
        ready.add(place);
        return;
      }
      // What was taken over from another process came before.
      let at = line.length;
      const least = busy.has(place) ? 1 : 0;
      while (at > least && line[at - 1]!.came > one.came) at--;
      line.splice(at, 0, one);
    },
    first() {
      const [place] = ready;
      return place === undefined ? undefined : lines.get(place)![0];
    },
    begin() {
      const [place] = ready;
      if (place === undefined) return undefined;
      ready.delete(place);
      busy.add(place);
      return lines.get(place)![0];
    },
    end(place) {
      busy.delete(place);
      const line = lines.get(place)!;
      line.shift();
      if (line.length === 0) lines.delete(place);
      else ready.add(place);
    },
    leave(place, one) {
      const line = lines.get(place) ?? [];
      const at = line.indexOf(one);
      if (at < 0 || (at === 0 && busy.has(place))) return false;
      line.splice(at, 1);
      if (line.length === 0) {
        lines.delete(place);
        ready.delete(place);
      }
      return true;
    },
    has: (place) => lines.has(place),
  };
}
