// The words for looking after the files of a task. Apart from those of the chat, which does not need them.

export const taskFile = {
  deletedOn: 'Deleted on',
  deleteFile: 'Delete file',
  deleteQuestion: 'Delete this file? Nobody can open it afterwards, and it cannot be restored. Credits are not returned.',
  deleteShared: 'If the task was run again with this file, it is deleted there too.',
  endLinks: 'End links',
  endLinksQuestion:
    'End all links to this file that were shared so far? They stop working for anyone outside your team. New links can be copied here afterwards.',
  fileDone: { 'file-deleted': 'The file was deleted.', 'links-ended': 'Links shared so far have ended. The links on this page are new.' },
  restInDownload: '[… The rest is in the download.]',
} as const;
