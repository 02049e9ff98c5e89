// What holds for all verbs is wrapped around each of them here, by its name: `tasks.ask`.

// oxlint-disable-next-line typescript/no-explicit-any -- a verb takes and gives whatever it likes
export type AnyVerb = (...given: any[]) => unknown;

/** Verbs by noun. */
export type Nouns = Readonly<Record<string, Readonly<Record<string, AnyVerb>>>>;

/** `tasks.ask`, and all others. */
export type VerbName<App> = { [Noun in keyof App & string]: `${Noun}.${keyof App[Noun] & string}` }[keyof App & string];

/** The same verbs, each as `change` gives it back. */
export function eachVerb<App extends Nouns>(app: App, change: (name: VerbName<App>, verb: AnyVerb) => AnyVerb): App {
  const changed = Object.entries(app).map(([noun, verbs]) => [
    noun,
    Object.fromEntries(Object.entries(verbs).map(([verb, does]) => [verb, change(`${noun}.${verb}` as VerbName<App>, does)])),
  ]);
  return Object.fromEntries(changed) as App;
}

export function verbNames<App extends Nouns>(app: App): VerbName<App>[] {
  return Object.entries(app).flatMap(([noun, verbs]) => Object.keys(verbs).map((verb) => `${noun}.${verb}` as VerbName<App>));
}
