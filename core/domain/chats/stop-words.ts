// Words that end what is under way in a thread. Nothing else may be in the message: “stop emailing them and find 9 leads” is a request.

const stops =
  /^(?:please )?(?:stop|cancel|abort|halt)(?: (?:it|this|that|all|everything|now|right now|please|(?:the|this|that|my) (?:task|request|job|work)|working))*$/;

const LONGEST = 60;

export function isStop(text: string): boolean {
  if (text.length > LONGEST) return false;
  return stops.test(
    text
      .toLowerCase()
      .replace(/[^a-z]+/g, ' ')
      .trim(),
  );
}
