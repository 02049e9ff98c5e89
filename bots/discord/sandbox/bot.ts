/** The bot's user, and its application. */
export const botId = '900000000000000001';
export const botName = 'impacter';
