// The words of the pages about what a team keeps: answers that could not be posted, its data, and leaving.

export const undeliveredWords = {
  title: 'Undelivered',
  lead: 'Answers that could not be posted where they were asked for. Nothing of them is lost: each task’s page has its result.',
  none: 'Everything arrived',
  noneLead: 'An answer that a chat does not take is shown here, with the reason and what can be done.',
  twice: 'It may be there already, and nobody can look for us. Look there first: sent again, it could be seen twice.',
  elsewhere: 'Say it somewhere else',
  elsewhereLead: 'The same answer, in another conversation of the team.',
  inPortal: 'A new conversation in the portal',
  seen: 'It leaves this list. Its task stays as it is.',
} as const;

export const undeliveredDone: Readonly<Record<string, string>> = {
  again: 'The answer is on its way again. If it fails once more, it comes back here.',
  elsewhere: 'The answer was given there.',
  seen: 'It is off the list.',
};

export const dataWords = {
  title: 'Data',
  lead: 'How long files are kept, which requests need approval, and how to export or delete your data.',
  retention: 'How long files are kept',
  retentionLead:
    'Files, and the first rows that we show of them, are removed after so many days. Requests, answers in words and the journal of credits stay.',
  retentionHint: '30 to 3,650 days.',
  shorter: (files: number, size: string) =>
    files === 1 ? `One file (${size}) is older than that.` : `${files.toLocaleString('en')} files (${size}) are older than that.`,
  shorterWhen: 'They are removed on',
  shorterAfter: 'Until then you can download them, or choose a longer time again.',
  export: 'Export data',
  exportLead:
    'One ZIP with all tables as text, the journal of credits, and every file that is still kept. It is packed in the background and kept for seven days. Only owners get it.',
  exportNone: 'Nothing was packed yet.',
  exportFileDeleted: 'A file in this export was deleted, so it can no longer be downloaded. Pack everything again to get a new one.',
  exportMissing: (files: number) =>
    files === 1 ? 'One file was not in storage any more.' : `${files} files were not in storage any more.`,
  delete: 'Delete this team',
  deleteLead:
    'Its tasks, files, conversations, keys, links to chats and the credits that are left are gone after 14 days. Until then any owner can take it back, and nothing new begins. The journal of credits stays as ids and numbers, because the law wants it kept.',
  deleteHint: 'Type the name of the team:',
  leaving: 'This team will be deleted on',
  leavingAfter: 'Nothing new begins here until then. Any owner can take it back.',
  personal: 'This is your own team. It is deleted with your account.',
} as const;

export const exportStates = {
  waiting: 'Waiting',
  working: 'Being packed',
  ready: 'Ready',
  failed: 'Could not be packed',
  gone: 'No longer kept',
} as const;

export const dataDone: Readonly<Record<string, string>> = {
  retention: 'The time is changed, also for what is here already.',
  confirm: 'Saved.',
  export: 'It is being packed. It appears below; this page may be closed meanwhile.',
  confirmed: 'Thanks for confirming. You can download the export now.',
  delete: 'The team will be deleted in 14 days. All owners were told by mail.',
  back: 'The team stays. Everything goes on as before.',
};

export const accountWords = {
  title: 'Delete your account',
  lead: 'Your name, your address, how you log in, your own team with its tasks and files, and the credits that are left are gone after 14 days. What you asked for in other teams stays with them, without your name.',
  onlyOwner: 'First make somebody else an owner of these teams, or delete them:',
  hint: 'Type your email address:',
  leaving: 'Your account will be deleted on',
  leavingAfter: 'Nothing new begins in your own team until then. You can take it back.',
} as const;

export const accountDone: Readonly<Record<string, string>> = {
  delete: 'Your account will be deleted in 14 days. You were told by mail.',
  back: 'Your account stays.',
};

export const eraseWords = {
  title: 'Have your name erased',
  lead: 'You asked the bot for this page. It works once, and only for the chat account that asked.',
  goes: 'What goes',
  stays: 'What stays',
  goesList: ['Your name and your id there.', 'The words of what you asked for.', 'The files that you attached.'],
  staysList: [
    'Answers and results, without your words. They belong to the team that paid for them.',
    'The journal of credits, which knows no names.',
    'What was posted in the chat itself. Ask for its deletion there.',
  ],
  again: 'If you write to the bot again, it learns your name again.',
  account: 'The account here that is linked to it stays. You can delete that one under Settings.',
  done: 'It is done. We don’t know you any more.',
  later: 'A request of yours is under way. The rest goes as soon as it is over, within the hour.',
} as const;
