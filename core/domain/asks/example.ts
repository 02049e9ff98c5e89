/** The one example where there is room for one. A new person's starting credits pay for it. */
export const EXAMPLE = 'find me 25 leads in Miami';
