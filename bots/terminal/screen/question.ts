// A question that a person at the terminal answers with a line.

import readline from 'node:readline';

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Ctrl-C is a key there; elsewhere it is a signal. */
  readonly lives: boolean;
}

/** What they typed; null when they leave without an answer: Ctrl-C, Ctrl-D. */
export function askLine({ input, output, lives }: Terminal, words: string): Promise<string | null> {
  const lines = readline.createInterface({ input, output, prompt: words, terminal: lives, historySize: 0 });
  return new Promise((resolve) => {
    let answered = false;
    const end = (answer: string | null) => {
      if (answered) return;
      answered = true;
      process.off('SIGINT', leave);
      lines.close();
      if (answer === null) output.write('\n');
      resolve(answer);
    };
    const leave = () => end(null);
    process.on('SIGINT', leave);
    lines.on('line', end).on('SIGINT', leave).on('close', leave);
    lines.prompt();
  });
}
