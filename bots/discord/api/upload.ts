// A message with files in it: its JSON and the files, as parts of a form (docs, Uploading Files).

export interface Upload {
  readonly name: string;
  readonly mime: string;
  readonly bytes: Buffer;
}

/** The files are referred to by their place in the list: `attachments: [{id: 0, filename}]`, and `attachment://<name>`. */
export function formOf(body: object, files: readonly Upload[]): FormData {
  const form = new FormData();
  form.set('payload_json', JSON.stringify(body));
  files.forEach(({ name, mime, bytes }, i) => form.set(`files[${i}]`, new Blob([new Uint8Array(bytes)], { type: mime }), name));
  return form;
}
