import { expect, it } from 'vitest';
import { csvOf } from '../../src/shared/csv.ts';

it('quotes what needs it, leaves nulls empty and makes formulas harmless', () => {
  const rows = [
    ['a "b", c', 1.5, null],
    ['=HYPERLINK("x")', -2, 'line\nbreak'],
    ['-1+1', 0, '@sum'],
  ];
  expect(csvOf(['name', 'value', 'note'], rows)).toBe(
    'name,value,note\r\n' +
      '"a ""b"", c",1.5,\r\n' +
      '"\'=HYPERLINK(""x"")",-2,"line\nbreak"\r\n' +
      "'-1+1,0,'@sum\r\n",
  );
});

it('leaves a number that comes as text a number', () => {
  const rows = [['-0.5'], ['+3'], ['-1e-7'], ['-'], ['-1+1'], ['\t=1']];
  expect(csvOf(['x'], rows)).toBe("x\r\n-0.5\r\n+3\r\n-1e-7\r\n'-\r\n'-1+1\r\n'\t=1\r\n");
});
