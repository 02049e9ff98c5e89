// The words of the pages about what a team keeps: answers that could not be posted, its data, and leaving.

export const undeliveredWords = {
  title: 'Undelivered',
  lead: 'Results that could not be delivered. Nothing is lost: each result is also on its task’s page.',
  none: 'Everything was delivered',
  noneLead: 'Results that could not be delivered appear here.',
  twice: 'This result may already have been posted. Check its channel first: if you send it again, it may appear twice.',
  elsewhere: 'Send to',
  elsewhereLead: 'Sends the same result to another conversation of the team.',
  inPortal: 'A new conversation in the portal',
  seen: 'Removes it from this list. The task does not change.',
} as const;

export const undeliveredDone: Readonly<Record<string, string>> = {
  again: 'Sending again. If delivery fails, the result appears here again.',
  elsewhere: 'Result sent.',
  seen: 'Removed from the list.',
};

export const dataWords = {
  title: 'Data',
  lead: 'How long files are kept, which requests need approval, and how to export or delete your data.',
  retention: 'How long files are kept',
  retentionLead: 'Files and their previews are deleted after this many days. Requests, text results, and transactions are kept.',
  retentionHint: '30 to 3,650 days.',
  shorter: (files: number, size: string) =>
    files === 1 ? `1 file (${size}) is older than that.` : `${files.toLocaleString('en')} files (${size}) are older than that.`,
  shorterWhen: 'Deletion date:',
  shorterAfter: 'Until then you can download these files, or choose a longer time.',
  export: 'Export data',
  exportLead:
    'One ZIP file with all tables, transactions, and files. It is created in the background and kept for seven days. Only owners can download it.',
  exportNone: 'No exports yet.',
  exportFileDeleted: 'A file in this export was deleted, so it can no longer be downloaded. Create a new export.',
  exportMissing: (files: number) => (files === 1 ? '1 file was no longer in storage.' : `${files} files were no longer in storage.`),
  delete: 'Delete this team',
  deleteLead:
    'Its tasks, files, conversations, API keys, linked chats, and remaining credits are deleted after 14 days. Until then no new tasks can start, and any owner can cancel the deletion. Transactions are kept as ids and numbers, because the law requires it.',
  deleteHint: 'Type the team’s name to confirm:',
  leaving: 'This team will be deleted on',
  leavingAfter: 'No new tasks can start until then. Any owner can cancel the deletion.',
  personal: 'This is your personal team. It is deleted with your account.',
} as const;

export const exportStates = {
  waiting: 'Waiting',
  working: 'In progress',
  ready: 'Ready',
  failed: 'Failed',
  gone: 'Expired',
} as const;

export const dataDone: Readonly<Record<string, string>> = {
  retention: 'Saved. This also applies to existing files.',
  confirm: 'Saved.',
  export: 'Creating your export. It appears below when it is ready; you can close this page.',
  confirmed: 'Thanks for confirming. You can download the export now.',
  delete: 'The team will be deleted in 14 days. All owners were notified by email.',
  back: 'Deletion canceled. The team stays.',
};

export const accountWords = {
  title: 'Delete your account',
  lead: 'Your profile, your logins, and your personal team with its tasks, files, and remaining credits are deleted after 14 days. Your requests in other teams stay there, without your name.',
  onlyOwner: 'First make someone else an owner of these teams, or delete the teams:',
  hint: 'Type your email address to confirm:',
  leaving: 'Your account will be deleted on',
  leavingAfter: 'No new tasks can start in your personal team until then. You can cancel the deletion.',
} as const;

export const accountDone: Readonly<Record<string, string>> = {
  delete: 'Your account will be deleted in 14 days. We sent you an email about it.',
  back: 'Deletion canceled. Your account stays.',
};

export const eraseWords = {
  title: 'Erase your personal data',
  lead: 'You requested this page from the bot. It works once, and only for that chat account.',
  goes: 'Erased',
  stays: 'Kept',
  goesList: ['Your name and id in the chat.', 'The text of your requests.', 'The files you attached.'],
  staysList: [
    'Results, without your requests. They belong to the team that paid for them.',
    'Transactions, which contain no names.',
    'Messages in the chat itself. Delete them there.',
  ],
  again: 'If you message the bot again, your name is stored again.',
  account: 'Your linked account stays. You can delete it under Settings.',
  done: 'Your data has been erased.',
  later: 'One of your requests is still running. The rest is erased when it ends, within an hour.',
} as const;
