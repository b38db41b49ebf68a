import {
  CHANNELS,
  insideBox,
  type Picture,
  randomPlace,
  randomSign,
  type SquareMoves,
} from './square-moves.ts';

/**
 * Square's l-inf moves (Andriushchenko et al. 2020): vertical stripes one pixel wide at
 * +-epsilon, then squares of one colour at +-epsilon. Every pixel always lies in a corner of the
 * ball, cut to [0, 1].
 */
export const linfMoves: SquareMoves = {
  start(picture, epsilon, random) {
    const { size } = picture;
    for (let channel = 0; channel < CHANNELS; channel += 1) {
      for (let column = 0; column < size; column += 1) {
        paint(picture, channel, 0, column, size, 1, epsilon * randomSign(random));
      }
    }
  },
  move(picture, epsilon, p, random) {
    const { size, delta, trial } = picture;
    const side = Math.max(1, Math.round(Math.sqrt(p) * size));
    const top = randomPlace(size, side, random);
    const left = randomPlace(size, side, random);
    trial.set(delta);
    for (let channel = 0; channel < CHANNELS; channel += 1) {
      paint(picture, channel, top, left, side, side, epsilon * randomSign(random));
    }
  },
};

function paint(
  { size, clean, trial }: Picture,
  channel: number,
  top: number,
  left: number,
  height: number,
  width: number,
  value: number,
): void {
  for (let row = top; row < top + height; row += 1) {
    const first = (channel * size + row) * size + left;
    for (let i = first; i < first + width; i += 1) trial[i] = insideBox(value, clean[i] as number);
  }
}
