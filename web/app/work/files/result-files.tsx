// The files of a task: what they are called, how large, the first rows of a table, and where to get them.

import { Download, File, FileImage, FileSpreadsheet, FileText } from 'lucide-react';
import { shownAs } from '#core/domain/files/shown-file.ts';
import type { TablePreview } from '#core/domain/messages/reply.ts';
import type { FileView } from '#core/domain/tasks/task-view.ts';
import { buttonClass } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { formatBytes, formatNumber, useReader } from '../../components/format.tsx';
import { Table, Td, Th, Tr } from '../../components/table.tsx';
import { work as words } from '../../texts/work.ts';
import { Document, fileAnchor } from './document.tsx';
import { DeletedOn, ManageFile } from './manage-file.tsx';
import { OpenTable } from './open-table.tsx';

const ROWS_IN_CHAT = 5;

/** `whole`: with everything that can be shown of each, as the page of a task does. */
export function ResultFiles({
  files,
  taskId,
  whole = false,
  manage = false,
}: {
  files: readonly FileView[];
  taskId: string;
  whole?: boolean;
  /** With what may be done about each, on the page of the task. */
  manage?: boolean;
}) {
  const reader = useReader();
  if (files.length === 0) return null;
  return (
    <ul className="space-y-3">
      {files.map((file) => (
        <li
          key={file.id}
          id={whole ? fileAnchor(file.id) : undefined}
          className="min-w-0 overflow-hidden rounded-control border border-hairline"
        >
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
            <Picture mime={file.mime} />
            <div className="min-w-0 flex-1 basis-40">
              <p className="truncate font-medium" title={file.name}>
                {file.name}
              </p>
              <p suppressHydrationWarning className="numbers text-sm text-soft">
                {formatBytes(file.sizeBytes, reader)}
                {file.preview !== null && `, ${formatNumber(file.preview.rowsTotal, reader)} rows`}
              </p>
            </div>
            {file.url === null ? (
              <GoneWords file={file} />
            ) : (
              <a href={file.url} className={buttonClass('plain', true)}>
                <Download aria-hidden className="size-4" />
                Download<span className="sr-only"> {file.name}</span>
              </a>
            )}
          </div>
          {whole && file.original !== null && (
            <div className="border-t border-hairline px-4 pt-3 text-sm">
              <p className="text-soft">{words.formulasRemoved}</p>
              <a href={file.original} className="inline-flex min-h-11 items-center text-accent hover:underline" rel="nofollow">
                {words.downloadOriginal}
                <span className="sr-only"> {file.name}</span>
              </a>
            </div>
          )}
          {file.preview !== null && <Preview file={file} preview={file.preview} rows={whole ? Infinity : ROWS_IN_CHAT} taskId={taskId} />}
          {file.url !== null && file.preview === null && <Shown file={file} taskId={taskId} whole={whole} />}
          {manage && file.url !== null && (
            <div className="border-t border-hairline px-4 py-2">
              <ManageFile file={file} taskId={taskId} />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

function GoneWords({ file }: { file: FileView }) {
  return file.deletedAt === null ? <span className="text-sm text-soft">{words.gone}</span> : <DeletedOn file={file} />;
}

function Preview({ file, preview, rows, taskId }: { file: FileView; preview: TablePreview; rows: number; taskId: string }) {
  const reader = useReader();
  const shown = preview.rows.slice(0, rows);
  const isNumeric = preview.columns.map((_, i) => shown.length > 0 && shown.every((row) => isNumber(row[i] ?? '')));
  return (
    <div className="border-t border-hairline">
      <Table name={`The first rows of ${file.name}`}>
        <thead>
          <tr>
            {preview.columns.map((column, i) => (
              <Th key={i} numeric={isNumeric[i] === true}>
                {column}
              </Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, i) => (
            <Tr key={i}>
              {row.map((cell, j) => (
                <Td key={j} numeric={isNumeric[j] === true} className="max-w-64 truncate whitespace-nowrap">
                  {cell}
                </Td>
              ))}
            </Tr>
          ))}
        </tbody>
      </Table>
      <div className="flex min-h-12 flex-wrap items-center justify-between gap-2 border-t border-hairline py-1.5 pr-4 pl-5 text-sm sm:pl-6">
        <span suppressHydrationWarning className="numbers text-soft">
          {preview.rowsTotal > shown.length && `${formatNumber(shown.length, reader)} of ${formatNumber(preview.rowsTotal, reader)} rows`}
        </span>
        {file.url !== null && <OpenTable file={file} address={addressOf(file, taskId)} />}
      </div>
    </div>
  );
}

/** A picture or a text; on the page of its task a PDF too, in a frame where nothing of it can run. */
function Shown({ file, taskId, whole }: { file: FileView; taskId: string; whole: boolean }) {
  const address = addressOf(file, taskId);
  switch (shownAs(file.mime)) {
    case null:
      return null;
    case 'picture':
      return (
        <img
          src={address}
          alt={file.name}
          loading="lazy"
          className={classes('w-full border-t border-hairline bg-sunken object-contain', whole ? 'h-[32rem]' : 'h-64')}
        />
      );
    case 'text':
      return <Document file={file} address={address} taskId={taskId} whole={whole} />;
    case 'pdf':
      if (!whole) return null;
      // Only its pages, as wide as the frame.
      return (
        <iframe
          src={`${address}#toolbar=0&navpanes=0&view=FitH`}
          title={file.name}
          loading="lazy"
          className="block h-[36rem] w-full border-t border-hairline"
        />
      );
  }
}

function addressOf(file: FileView, taskId: string): string {
  return `/tasks/${taskId}/files/${file.id}`;
}

function Picture({ mime }: { mime: string }) {
  const Icon = /csv|sheet/.test(mime) ? FileSpreadsheet : mime.startsWith('image/') ? FileImage : /text|pdf/.test(mime) ? FileText : File;
  return <Icon aria-hidden className="size-6 shrink-0 text-accent" />;
}

/** For the eye: figures stand below one another. */
function isNumber(cell: string): boolean {
  return /^[-−+]?[\d.,]*\d(\s?%)?$/.test(cell.trim());
}
