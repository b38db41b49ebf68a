/** The `count` names of `known` that are fewest edits away from `word`, ties in their own order. */
export function nearest(word: string, known: string[], count = 3): string[] {
  const distance = new Map(known.map((name) => [name, nearness(word, name)]));
  return known.toSorted((a, b) => (distance.get(a) ?? 0) - (distance.get(b) ?? 0)).slice(0, count);
}

/** Edits to the whole name or, where that is nearer, to its last part: `lr` is meant as one part. */
function nearness(word: string, name: string): number {
  const last = name.slice(name.lastIndexOf('.') + 1);
  return Math.min(editDistance(word, name), editDistance(word, last) + 0.5);
}

/** Levenshtein distance, case ignored. */
function editDistance(from: string, to: string): number {
  const a = from.toLowerCase();
  const b = to.toLowerCase();
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
