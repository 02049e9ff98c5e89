// A session is a cookie that scripts cannot read. The library also tells its token in JSON, to programs that keep it
// themselves; nobody here does, so no answer has one.

export async function withoutTokens(answer: Response): Promise<Response> {
  if (answer.headers.get('content-type')?.includes('json') !== true) return answer;
  const { status } = answer;
  const headers = new Headers(answer.headers);
  headers.delete('content-length');
  const text = await answer.text();
  return new Response(
    text === '' ? null : JSON.stringify(JSON.parse(text), (name, value: unknown) => (name === 'token' ? undefined : value)),
    {
      status,
      headers,
    },
  );
}
