// One line from a person, with what they said before behind the arrow keys.

import readline from 'node:readline';

/** null when they are done (Ctrl-D, or Ctrl-C twice). Lines that are pasted together are one text. */
export function readPrompt(lives: boolean, history: string[], sign: string): Promise<string | null> {
  const { stdin: input, stdout: output } = process;
  const lines = readline.createInterface({
    input,
    output,
    history,
    historySize: 200,
    prompt: sign,
    terminal: lives,
    removeHistoryDuplicates: true,
  });
  const pasted: string[] = [];
  let pasting: NodeJS.Timeout | undefined;
  let interrupted = false;

  return new Promise((resolve) => {
    const end = (answer: string | null) => {
      clearTimeout(pasting);
      resolve(answer);
      lines.close();
    };
    lines.on('line', (line) => {
      interrupted = false;
      pasted.push(line);
      clearTimeout(pasting);
      pasting = setTimeout(() => end(pasted.join('\n')), pasteMs);
    });
    lines.on('history', (entries) => history.splice(0, history.length, ...entries));
    lines.on('SIGINT', () => {
      if (interrupted) return end(null);
      interrupted = lines.line === '';
      if (interrupted) output.write('\nCtrl-C again, or /quit, to leave.');
      output.write('\n');
      lines.write(null, { ctrl: true, name: 'u' });
      lines.prompt();
    });
    lines.on('close', () => resolve(null));
    lines.prompt();
  });
}

/** Nobody types two lines within this time. */
const pasteMs = 25;
