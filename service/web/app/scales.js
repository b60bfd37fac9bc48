// Whether a logarithmic scale helps.

const HELPS_FROM = 20;

/** The least and the greatest number of many lists; null without any. */
export function extent(lists) {
  let least = Infinity;
  let most = -Infinity;
  for (const list of lists) {
    for (const value of list) {
      if (value === null || value === undefined) continue;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return least > most ? null : { least, most };
}

/** As the service's own pictures have it: from 20 times the least on, where all is above 0. */
export function isBetterLogarithmic(lists) {
  const found = extent(lists);
  return found !== null && found.least > 0 && found.most >= HELPS_FROM * found.least;
}
