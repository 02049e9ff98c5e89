// The words of the frame around every page for members.

export const offline = 'We can’t be reached right now. What you see may be old; it is brought up to date by itself.';
