// A browser that loads a page again and again: `node ask-often.ts <url> <cookie> <times>`.

const [url, cookie, times] = process.argv.slice(2);
for (let i = 0; i < Number(times); i++) {
  const answer = await fetch(url!, { redirect: 'manual', headers: { Cookie: cookie! } });
  const page = await answer.text();
  if (answer.status !== 200 || !page.includes('</html>')) throw new Error(`${url} answered ${answer.status}`);
}
