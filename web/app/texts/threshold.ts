// The words about asking before spending, as teams and people set it.

export const threshold = {
  title: 'Ask before spending',
  teamLead:
    'Requests that may cost more than this need approval from the person who asked before they start. This applies in the portal, in chats, and through the API. Members can set a lower number for themselves in their settings.',
  ownLead:
    'Your requests that may cost more than this need your approval before they start. This applies in the portal, in chats, and through the API. If your team has set a number too, the lower one applies.',
  label: 'More than (credits)',
  hint: 'Leave empty to never ask.',
  invalid: 'must be a number of credits, or empty',
} as const;
