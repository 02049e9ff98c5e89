// What an eye would find on a page as it stands, one line a finding: what sticks out, what is cut off, what is too small to
// be pressed, and what a page must have once. layout.ts gives it to a browser as it is here.

(() => {
  const flaws = [];
  const width = document.documentElement.clientWidth;
  const all = [...document.body.querySelectorAll('*')].filter(isSeen);

  if (document.documentElement.scrollWidth > width) {
    const widest = all.filter((element) => element.getBoundingClientRect().right > width + 1 && !scrollsSideways(element));
    flaws.push(`wider than the window: ${widest.slice(0, 3).map(nameOf).join(', ')}`);
  }
  for (const element of all) {
    if (ownWords(element) !== '') lookAtWords(element);
    if (element.matches('a[href], button, input:not([type="hidden"]), select, textarea, summary')) lookAtTarget(element);
  }
  const titles = [...document.querySelectorAll('h1')].filter((element) => element.checkVisibility());
  if (titles.length !== 1) flaws.push(`${titles.length} h1: ${titles.map(nameOf).join(', ')}`);
  if (document.title.trim() === '') flaws.push('no title');
  return flaws;

  function lookAtWords(element) {
    const { overflowX, overflowY, textOverflow, webkitLineClamp, whiteSpace } = getComputedStyle(element);
    const isShort = textOverflow === 'ellipsis' || webkitLineClamp !== 'none'; // cut on purpose, and it says so
    const cuts = [overflowX, overflowY].some((overflow) => overflow === 'hidden' || overflow === 'clip');
    const sticksOut = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0;
    if (cuts && !isShort && (sticksOut || element.scrollHeight > element.clientHeight + 1)) flaws.push(`cut off: ${nameOf(element)}`);
    if (!cuts && sticksOut && element.matches('button, a, summary, th, td, h1, h2, h3, p, li, dt, dd'))
      flaws.push(`words stick out: ${nameOf(element)}`);
    if (!scrollsSideways(element) && !isShortened(element)) {
      const outside = rectsOf(element).some(({ left, right }) => left < -1 || right > width + 1);
      if (outside) flaws.push(`outside of the window: ${nameOf(element)}`);
    }
    const isLine =
      element.matches('button, a[class*="rounded-full"], .numbers, time') && whiteSpace !== 'pre-wrap' && element.closest('p') === null;
    if (isLine && new Set(rectsOf(element).map(({ top }) => Math.round(top / 8))).size > 1) flaws.push(`wrapped: ${nameOf(element)}`);
  }

  function lookAtTarget(element) {
    if (isInProse(element)) return;
    const places = element.matches('input[type="checkbox"], input[type="radio"]') ? [element, ...element.labels] : [element];
    const sizes = places.map((place) => place.getBoundingClientRect());
    if (sizes.some(({ width: wide, height: high }) => wide >= 24 && high >= 24)) return;
    flaws.push(`too small to press, ${Math.round(sizes[0].width)} × ${Math.round(sizes[0].height)}: ${nameOf(element)}`);
  }

  /** A link with words before or behind it. */
  function isInProse(element) {
    if (element.tagName !== 'A' || getComputedStyle(element).display !== 'inline') return false;
    const around = element.closest('p, li, dd, td, div');
    return around !== null && (around.textContent ?? '').trim() !== (element.textContent ?? '').trim();
  }

  function isSeen(element) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    const { width: wide, height: high } = element.getBoundingClientRect();
    return wide > 1 && high > 1 && element.closest('svg, .sr-only') === null;
  }

  /** In a line that ends in an ellipsis. */
  function isShortened(element) {
    for (let at = element; at !== null && at !== document.body; at = at.parentElement)
      if (getComputedStyle(at).textOverflow === 'ellipsis') return true;
    return false;
  }

  function scrollsSideways(element) {
    for (let at = element; at !== null && at !== document.body; at = at.parentElement)
      if (/auto|scroll/.test(getComputedStyle(at).overflowX)) return true;
    return false;
  }

  function rectsOf(element) {
    const range = document.createRange();
    return [...element.childNodes]
      .filter((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== '')
      .flatMap((node) => {
        range.selectNodeContents(node);
        return [...range.getClientRects()];
      });
  }

  function ownWords(element) {
    return [...element.childNodes]
      .map((node) => (node.nodeType === Node.TEXT_NODE ? node.textContent : ''))
      .join('')
      .trim();
  }

  function nameOf(element) {
    const words = (element.textContent ?? '').trim() || element.getAttribute('aria-label') || element.getAttribute('name') || '';
    return `<${element.tagName.toLowerCase()}> ${words.replaceAll(/\s+/g, ' ').slice(0, 50)}`;
  }
})();
