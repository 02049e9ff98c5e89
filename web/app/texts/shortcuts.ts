// The words of the command palette and of the list of keys. They are loaded with the first press.

export const palette = {
  title: 'Command palette',
  placeholder: 'Go to a page, search tasks, or ask for something',
  none: 'No matches',
  ask: (text: string) => `Ask “${text}”`,
  search: (text: string) => `Search tasks for “${text}”`,
  goTo: (page: string) => `Go to ${page}`,
  switchTo: (team: string) => `Switch to ${team}`,
  newRequest: 'New request',
  history: 'History',
  settings: 'Settings',
  getCredits: 'Get credits',
  keys: 'Keyboard shortcuts',
} as const;

export const keyList = {
  title: 'Keyboard shortcuts',
  close: 'Close',
  keys: [
    ['Ctrl K or ⌘ K', 'Open the command palette'],
    ['/', 'Search tasks'],
    ['?', 'Show this list'],
    ['Enter', 'Send a request'],
    ['Shift Enter', 'Start a new line'],
    ['Esc', 'Close what is open'],
  ],
} as const;
