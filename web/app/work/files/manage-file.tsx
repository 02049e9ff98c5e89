// What can be done about a file on the page of its task: delete it, or end the links to it that were shared.

import type { FileView } from '#core/domain/tasks/task-view.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Form, useProblem } from '../../components/form.tsx';
import { Time } from '../../components/format.tsx';
import { taskFile as words } from '../../texts/task-file.ts';

export function ManageFile({ file, taskId }: { file: FileView; taskId: string }) {
  const [deleting, ending] = [useProblem(`delete-file ${file.id}`), useProblem(`end-links ${file.id}`)];
  if (file.url === null) return null;
  const action = `/tasks/${taskId}`;
  return (
    <div className="flex flex-wrap items-start gap-x-2 gap-y-1">
      <Confirm
        label={<Named act={words.endLinks} name={file.name} />}
        look="quiet"
        small
        open={ending !== null}
        className="-ml-3.5 open:ml-0"
      >
        <Form intent={`end-links ${file.id}`} action={action}>
          <input type="hidden" name="id" value={file.id} />
          <p className="mb-3 max-w-prose text-sm">{words.endLinksQuestion}</p>
          <Button small>{words.endLinks}</Button>
        </Form>
      </Confirm>
      <Confirm label={<Named act={words.deleteFile} name={file.name} />} look="quiet" small open={deleting !== null}>
        <Form intent={`delete-file ${file.id}`} action={action}>
          <input type="hidden" name="id" value={file.id} />
          <p className="mb-3 max-w-prose text-sm">
            {words.deleteQuestion} {words.deleteShared}
          </p>
          <Button look="danger" small>
            {words.deleteFile}
          </Button>
        </Form>
      </Confirm>
    </div>
  );
}

/** Whoever hears the page needs to know of which file. */
function Named({ act, name }: { act: string; name: string }) {
  return (
    <>
      {act}
      <span className="sr-only">: {name}</span>
    </>
  );
}

export function DeletedOn({ file }: { file: FileView }) {
  if (file.deletedAt === null) return null;
  return (
    <span className="text-sm text-soft">
      {words.deletedOn} <Time at={file.deletedAt} style="date" />
    </span>
  );
}
