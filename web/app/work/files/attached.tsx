// Files of a request that is being written: choosing them, and those that are chosen.

import { Paperclip, X } from 'lucide-react';
import { useRef } from 'react';
import { IconButton } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { work as words } from '../../texts/work.ts';
import { fieldOf } from './kept-file.ts';
import type { Upload } from './uploads.ts';

export function Attach({ add }: { add(files: File[]): void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ target }) => {
          add([...(target.files ?? [])]);
          target.value = ''; // the same file may be chosen again
        }}
      />
      <IconButton name={words.attach} onClick={() => input.current?.click()}>
        <Paperclip aria-hidden className="size-5" />
      </IconButton>
    </>
  );
}

export function Attached({ uploads, remove }: { uploads: readonly Upload[]; remove(upload: Upload): void }) {
  if (uploads.length === 0) return null;
  return (
    <ul aria-label="Attached files" className="flex flex-wrap gap-2 px-4 pb-2">
      {uploads.map((upload) => (
        <li
          key={upload.key}
          className={classes(
            'flex max-w-full items-center gap-2 rounded-full py-0.5 pl-3 text-sm',
            upload.trouble === null ? 'bg-sunken' : 'bg-bad-wash text-bad',
          )}
        >
          {upload.id !== null && <input type="hidden" name="file" value={fieldOf({ id: upload.id, name: upload.name })} />}
          <span className="truncate">{upload.name}</span>
          <span role="status" className={upload.trouble === null ? 'text-soft' : ''}>
            {upload.trouble ?? (upload.id === null ? 'uploading…' : '')}
          </span>
          <IconButton name={`Remove ${upload.name}`} onClick={() => remove(upload)} className="size-8!">
            <X aria-hidden className="size-4" />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}
