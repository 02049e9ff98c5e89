// What a mail is made of, before it becomes text or a page.

export interface MailContext {
  readonly brandName: string;
  /** Without a slash at its end. */
  readonly publicUrl: string;
}

/** What a mail says, before it is text or a page. */
export interface MailBody {
  readonly subject: string;
  readonly title: string;
  /** null where we don't know the name. */
  readonly name: string | null;
  readonly before: readonly string[];
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly button: { readonly label: string; readonly url: string };
  readonly after: readonly string[];
}
