// The words of the frame around every page for members.

export const offline = 'Connection lost. Reconnecting…';

/** Above a form whose answer never came. */
export const away = {
  sentence: 'We couldn’t be reached, so this may not have gone through.',
  wayForward: 'Nothing you entered is lost. Check your connection, then send it again.',
} as const;

export const askAway = {
  sentence: 'We couldn’t be reached. Your request is still here.',
  wayForward: 'It is sent again automatically when the connection is back, unless you change it. It won’t start twice.',
} as const;
