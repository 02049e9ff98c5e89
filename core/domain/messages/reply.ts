// What we say, before any platform decides how it looks. Each platform renders every kind; `never()` in its
// switch makes the compiler name the platform that forgot one.

/** The neutral content of a letter. `fallback` is the one-line version for notifications and plain terminals. */
export interface Reply {
  readonly fallback: string;
  readonly blocks: readonly Block[];
}

export type Block = Heading | Prose | Facts | Files | Choices | Progress;

export interface Heading {
  readonly kind: 'heading';
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'bad' | 'wait';
}

/** Words. `from` says who wrote them: what an agent or a person wrote is untrusted wherever it is shown. */
export interface Prose {
  readonly kind: 'prose';
  readonly text: string;
  readonly from: 'us' | 'agent' | 'person';
}

export interface Facts {
  readonly kind: 'facts';
  readonly facts: readonly { readonly label: string; readonly value: string }[];
}

export interface Files {
  readonly kind: 'files';
  readonly files: readonly ReplyFile[];
}

export interface ReplyFile {
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number;
  /** Our own link, which re-signs at each click; never a signed storage URL. */
  readonly url: string;
  readonly preview?: TablePreview;
}

/** The first rows of a table file. */
export interface TablePreview {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly rowsTotal: number;
}

export interface Choices {
  readonly kind: 'choices';
  readonly choices: readonly Choice[];
}

/** Something to press. With `url` it opens a page; else its `id` comes back to us with who pressed it. */
export interface Choice {
  readonly id: string;
  readonly label: string;
  readonly style: 'plain' | 'main' | 'danger';
  readonly url?: string;
}

export interface Progress {
  readonly kind: 'progress';
  readonly steps: readonly { readonly title: string; readonly state: 'done' | 'running' | 'waiting' | 'failed' }[];
}
