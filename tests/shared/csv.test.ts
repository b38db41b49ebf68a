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
