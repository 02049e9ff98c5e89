// A mail as HTML, for programs that know little of it: one column, styles in their elements, a table where Outlook needs
// one. Nothing is loaded from anywhere and nothing runs; without any style it still reads from top to bottom.

import type { MailBody, MailContext } from './mail-body.ts';

export function mailPage({ title, name, before, facts, button, after }: MailBody, { brandName, publicUrl }: MailContext): string {
  const paragraph = (text: string) => `<p style="margin:0 0 16px">${escape(text)}</p>`;
  return `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<title>${escape(title)}</title>
<style>${dark}</style>
</head>
<body class="page" style="margin:0;padding:0;background-color:#f5f5f7;color:#1d1d1f;font:17px/1.5 -apple-system,system-ui,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<div role="article" aria-roledescription="email" aria-label="${escape(title)}" lang="en" dir="ltr" style="max-width:560px;margin:0 auto;padding:32px 16px">
<p class="quiet" style="margin:0 0 16px 4px;color:#59595e;font-size:15px;font-weight:600">${escape(brandName)}</p>
<div class="card" style="background-color:#ffffff;border:1px solid #e3e3e6;border-radius:16px;padding:32px 28px">
<h1 style="margin:0 0 16px;font-size:24px;line-height:1.2;letter-spacing:-0.01em">${escape(title)}</h1>
${name === null ? '' : paragraph(`Hello ${name},`)}
${before.map(paragraph).join('\n')}
${factList(facts)}
<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:24px 0"><tr><td class="button" bgcolor="#0058b9" style="background-color:#0058b9;border-radius:12px"><a class="button" href="${escape(button.url)}" style="display:inline-block;padding:12px 24px;border-radius:12px;background-color:#0058b9;color:#ffffff;font-weight:600;text-decoration:none">${escape(button.label)}</a></td></tr></table>
<p class="quiet" style="margin:0 0 24px;color:#59595e;font-size:14px">If the button does not work, copy this link into your browser:<br><span style="word-break:break-all">${escape(button.url)}</span></p>
${after.map(paragraph).join('\n')}
</div>
<p class="quiet" style="margin:16px 4px 0;color:#59595e;font-size:14px">${escape(brandName)}<br>${escape(publicUrl)}</p>
</div>
</body>
</html>
`;
}

// Where a program knows no dark, it shows the light page that stands in the elements.
const dark = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.page{background-color:#161617!important;color:#f5f5f7!important}
.card{background-color:#1f1f22!important;border-color:#38383d!important;color:#f5f5f7!important}
.quiet{color:#a5a5ab!important}
.button{background-color:#64a9ff!important;color:#161617!important}
}`;

function factList(facts: MailBody['facts']): string {
  if (facts.length === 0) return '';
  const rows = facts.map(
    ([label, value]) =>
      `<dt class="quiet" style="margin:0;color:#59595e;font-size:14px">${escape(label)}</dt><dd style="margin:0 0 12px">${escape(value)}</dd>`,
  );
  return `<dl style="margin:0 0 16px">${rows.join('')}</dl>`;
}

/** Everything that is shown goes through here, our own words too. */
function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
