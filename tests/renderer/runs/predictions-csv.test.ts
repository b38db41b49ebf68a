import { expect, it } from 'vitest';
import { predictionsCsv } from '../../../src/renderer/runs/predictions-csv.ts';
import { topClasses } from '../../../src/renderer/runs/top-classes.ts';

it('writes one row an image and quotes what a comma or a quote would break', () => {
  const report = {
    run: 'r',
    classNames: ['cat', 'dog, big'],
    predictions: [
      { path: 'my "best".png', class: 'cat', probability: 0.75, probabilities: [0.75, 0.25] },
    ],
  };
  expect(predictionsCsv(report)).toBe(
    'image,class,cat,"dog, big"\r\n"my ""best"".png",cat,0.75,0.25\r\n',
  );
});

it('names the likeliest classes first', () => {
  expect(topClasses([0.1, 0.7, 0.2], ['a', 'b', 'c'], 2)).toEqual([
    { name: 'b', probability: 0.7 },
    { name: 'c', probability: 0.2 },
  ]);
});
