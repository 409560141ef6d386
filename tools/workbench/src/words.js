// Words of a text, and marking them with the arrow keys.

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/** Lists the words within a span, as spans. */
export function wordsIn(text, start, end) {
  const found = [];
  for (const { index, segment, isWordLike } of segmenter.segment(text.slice(start, end))) {
    if (isWordLike) found.push([start + index, start + index + segment.length]);
  }
  return found;
}

/** Moves or extends a mark by a word within its sentence; gives the new span and its fixed end. */
export function moved(words, mark, forward, extend) {
  if (!words.length) return null;
  if (!mark) return { span: forward ? words[0] : words[words.length - 1], anchor: forward ? "start" : "end" };
  const first = words.findIndex(([, end]) => end > mark.span[0]);
  let last = words.length - 1;
  while (last > 0 && words[last][0] >= mark.span[1]) last--;
  if (!extend) {
    const next = forward ? Math.min(last + 1, words.length - 1) : Math.max(first - 1, 0);
    return { span: words[next], anchor: forward ? "start" : "end" };
  }
  const anchor = first === last ? (forward ? "start" : "end") : mark.anchor;
  let [from, to] = [first, last];
  if (anchor === "start") to = Math.max(from, Math.min(to + (forward ? 1 : -1), words.length - 1));
  else from = Math.min(to, Math.max(from + (forward ? 1 : -1), 0));
  return { span: [words[from][0], words[to][1]], anchor };
}
