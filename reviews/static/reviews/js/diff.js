// Two texts held against each other by words: what they share, what differs, and where a stretch of one is in the other.
// Offsets are those of JavaScript strings; a code mark ⟦1⟧ and a number with its points and commas are one word.

const WORD = /⟦[^⟦⟧\s]*⟧|\d+(?:[.,:]\d+)+|[\p{L}\p{N}\p{M}_]+|[^\p{L}\p{N}\p{M}_\s]/gu;

/** So many pairs of words are compared at most: two texts of 2,500 words that share nothing. Longer ones are one change. */
const MOST_PAIRS = 6_250_000;

function wordsOf(text) {
  return Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({ word, start: index, end: index + word.length }));
}

/** Pairs of places of a longest common subsequence of words, in order. */
function common(one, other) {
  const [a, b] = numbered(one, other);
  const shared = [];
  const tail = [];
  let first = 0;
  while (first < a.length && first < b.length && a[first] === b[first]) {
    shared.push([first, first]);
    first += 1;
  }
  let [endA, endB] = [a.length, b.length];
  while (endA > first && endB > first && a[endA - 1] === b[endB - 1]) {
    endA -= 1;
    endB -= 1;
    tail.push([endA, endB]);
  }
  return [...shared, ...between(a.subarray(first, endA), b.subarray(first, endB), first), ...tail.reverse()];
}

/** The words of both texts as numbers, equal ones as equal numbers: compared millions of times, they are quicker so. */
function numbered(...texts) {
  const known = new Map();
  const numberOf = ({ word }) => known.get(word) ?? known.set(word, known.size).size - 1;
  return texts.map((words) => Uint32Array.from(words, numberOf));
}

function between(a, b, first) {
  if (!a.length || !b.length || a.length * b.length > MOST_PAIRS) return [];
  const width = b.length + 1;
  // Length of the longest common subsequence of what follows each pair of places.
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1, at = i * width + j; j >= 0; j -= 1, at -= 1) {
      const below = lengths[at + width];
      const right = lengths[at + 1];
      if (a[i] === b[j]) lengths[at] = lengths[at + width + 1] + 1;
      else lengths[at] = below > right ? below : right;
    }
  }
  const pairs = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      pairs.push([first + i, first + j]);
      i += 1;
      j += 1;
    } else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) i += 1;
    else j += 1;
  }
  return pairs;
}

/** How two texts lie against each other. */
export class Alignment {
  constructor(before, after) {
    this.before = before;
    this.after = after;
    this.words = [wordsOf(before), wordsOf(after)];
    this.pairs = common(...this.words);
  }

  /**
   * The way from one text to the other: stretches {same: true, before: [from, to], after: [from, to]} in order, those
   * with same: false are changes. What is only added or only taken out goes with the space before it.
   */
  get stretches() {
    const found = [];
    let [i, j] = [0, 0];
    for (const [nextI, nextJ] of [...this.pairs, [this.words[0].length, this.words[1].length]]) {
      if (nextI > i || nextJ > j) found.push(this.change(i, nextI, j, nextJ));
      const word = this.words[0][nextI];
      if (!word) break;
      const other = this.words[1][nextJ];
      const last = found.at(-1);
      if (last?.same) {
        last.before[1] = word.end;
        last.after[1] = other.end;
      } else {
        found.push({ same: true, before: [word.start, word.end], after: [other.start, other.end] });
      }
      [i, j] = [nextI + 1, nextJ + 1];
    }
    return found;
  }

  change(fromBefore, toBefore, fromAfter, toAfter) {
    const [one, other] = this.words;
    const oneSided = fromBefore === toBefore || fromAfter === toAfter;
    const range = (words, from, to) => {
      if (!oneSided) return [words[from].start, words[to - 1].end];
      if (from > 0) return [words[from - 1].end, words[to - 1].end];
      return [words[0]?.start ?? 0, words[to]?.start ?? words.at(-1)?.end ?? 0];
    };
    return { same: false, before: range(one, fromBefore, toBefore), after: range(other, fromAfter, toAfter) };
  }

  /** Where in the text before a stretch of the one after belongs: what it stands for there, [from, to]. */
  placeOf(start, end) {
    return [this.edge(start, "start"), this.edge(end, "end")];
  }

  edge(at, side) {
    const [one, other] = this.words;
    const inside = this.pairs.find(([, j]) => other[j].start <= at && at <= other[j].end && (side === "start" ? at < other[j].end : at > other[j].start));
    if (inside) return one[inside[0]].start + at - other[inside[1]].start;
    // In a change: it begins where the shared word before it ends, and ends where the next one begins.
    const before = this.pairs.findLast(([, j]) => other[j].end <= at);
    const after = this.pairs.find(([, j]) => other[j].start >= at);
    if (side === "start") return one[before ? before[0] + 1 : 0]?.start ?? this.before.length;
    return (after ? one[after[0] - 1]?.end : one.at(-1)?.end) ?? 0;
  }

  /** Where a stretch of the text before still stands word for word in the one after; null where it does not. */
  carried(start, end) {
    const { before, after } = this;
    let head = 0;
    while (head < before.length && before[head] === after[head]) head += 1;
    if (end <= head) return [start, end];
    let tail = 0;
    while (tail < before.length - head && tail < after.length - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
    const by = after.length - before.length;
    if (start >= before.length - tail) return [start + by, end + by];
    const first = this.pairs.find(([i]) => this.words[0][i].end > start);
    if (!first) return null;
    const moved = start + this.words[1][first[1]].start - this.words[0][first[0]].start;
    return before.slice(start, end) === after.slice(moved, moved + end - start) ? [moved, moved + end - start] : null;
  }
}
